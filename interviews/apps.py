from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InterviewsConfig(AppConfig):
    name = "interviews"
    verbose_name = _("Interviewing")

    def ready(self) -> None:
        from anymail.signals import tracking

        from interviews.domain.bounces import receive_event
        from interviews.domain.founding import receive_founding
        from tenants.signals import company_founded

        tracking.connect(receive_event, dispatch_uid="interviews.bounces")
        company_founded.connect(receive_founding, dispatch_uid="interviews.founding")
