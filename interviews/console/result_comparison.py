"""Comparing results: chosen in their list, shown side by side."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from interviews.console.base import ReadOnlyAdmin
from interviews.domain import comparing
from interviews.models import Result
from tenants.console import actor_of


class ResultComparison(ReadOnlyAdmin):
    actions = ("compare_selected",)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.compare))
        return [path("compare/", view, name="interviews_result_compare"), *super().get_urls()]

    @admin.action(description=_("Compare side by side"), permissions=["view"])
    def compare_selected(self, request: HttpRequest, rows: QuerySet[Result]) -> HttpResponse | None:
        chosen = list(rows.select_related("invitation")[: comparing.MOST + 1])
        try:
            comparing.check_comparable(chosen)
        except comparing.CannotCompare as refused:
            messages.error(request, str(refused) if len(chosen) <= comparing.MOST else gettext("Choose at most five."))
            return None
        query = urlencode([("id", result.pk) for result in chosen])
        return HttpResponseRedirect(f"{reverse('admin:interviews_result_compare')}?{query}")

    def compare(self, request: HttpRequest) -> HttpResponse:
        person = actor_of(request)
        if person is None or not self.has_view_permission(request):
            raise PermissionDenied
        context: dict[str, Any] = {"title": gettext("Compare"), "opts": self.opts}
        try:
            results = find_results(request.GET.getlist("id"))
            context["comparison"] = comparing.compare(results=results, reader=person)
        except comparing.CannotCompare as refused:
            context["problem"] = str(refused)
        site = self.admin_site.each_context(request)
        return TemplateResponse(request, "console/comparison.html", site | context)


def find_results(ids: list[str]) -> list[Result]:
    """In the order asked for. Raises Http404 when one is not the tenant's."""
    try:
        keys = list(dict.fromkeys(UUID(one) for one in ids))[: comparing.MOST + 1]
    except ValueError as error:
        raise Http404("This is no result.") from error
    related = Result.objects.real().select_related("invitation__candidate", "invitation__interview")
    found = {result.pk: result for result in related.filter(pk__in=keys)}
    if len(found) < len(keys):
        raise Http404("There is no such result.")
    return [found[key] for key in keys]
