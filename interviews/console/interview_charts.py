"""The page with an interview's charts, for those who may read results."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from interviews.console.base import ConsoleAdmin
from interviews.domain import statistics
from interviews.models import Interview
from tenants.console import actor_of
from tenants.middleware import role_of
from tenants.roles import Action, may


class InterviewCharts(ConsoleAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.show_charts))
        return [path("<uuid:object_id>/charts/", view, name="interviews_interview_charts"), *super().get_urls()]

    def show_charts(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        interview: Interview | None = self.get_object(request, str(object_id))
        if interview is None:
            raise Http404(f"There is no interview {object_id}.")
        person = actor_of(request)
        if person is None or not may(role_of(request), Action.READ_RESULTS):
            raise PermissionDenied
        site = self.admin_site.each_context(request)
        context = {
            "title": gettext("Charts"),
            "opts": self.opts,
            "interview": interview,
            "stages": statistics.drop_off(interview=interview),
            "forgotten": statistics.count_forgotten(interview=interview),
            "spreads": statistics.spread_levels(interview=interview, reader=person),
        }
        return TemplateResponse(request, "console/charts.html", site | context)
