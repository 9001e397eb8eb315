"""Where the mail's provider reports deliveries and bounces: /mail/events/<provider>."""

from typing import Any

from anymail import urls
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

ENDING = "_tracking_webhook"
#: Provider -> anymail's view, which checks the secret and sends the signal that interviews/domain/bounces.py takes.
VIEWS: dict[str, Any] = {
    pattern.name.removesuffix(ENDING): pattern.callback
    for pattern in urls.urlpatterns
    if pattern.name and pattern.name.endswith(ENDING)
}


@csrf_exempt
def take_mail_events(request: HttpRequest, provider: str) -> HttpResponse:
    """404 for any provider but the one in use, and without a secret: anymail alone would take reports from anybody."""
    if provider != settings.EMAIL_PROVIDER or not settings.ANYMAIL.get("WEBHOOK_SECRET") or provider not in VIEWS:
        raise Http404("No reports are taken here.")
    answer: HttpResponse = VIEWS[provider](request)
    return answer
