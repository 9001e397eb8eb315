"""Results as files: the list as it is filtered, for a spreadsheet; one result as a report."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from interviews.console.base import ReadOnlyAdmin
from interviews.domain import exports, reports
from interviews.models import Result
from tenants.console import actor_of
from tenants.models import User

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ResultFiles(ReadOnlyAdmin):
    def get_urls(self) -> list[URLPattern]:
        routes: list[tuple[str, Callable[..., HttpResponse], str]] = [
            ("csv/", self.as_csv, "csv"),
            ("xlsx/", self.as_xlsx, "xlsx"),
            ("<uuid:object_id>/report/", self.as_report, "report"),
        ]
        own = [
            path(route, self.admin_site.admin_view(require_safe(view)), name=f"interviews_result_{name}")
            for route, view, name in routes
        ]
        return own + super().get_urls()

    def as_csv(self, request: HttpRequest) -> HttpResponse:
        return self.send_list(request, exports.export_csv, "text/csv; charset=utf-8", "csv")

    def as_xlsx(self, request: HttpRequest) -> HttpResponse:
        return self.send_list(request, exports.export_xlsx, XLSX, "xlsx")

    def send_list(
        self, request: HttpRequest, export: Callable[..., bytes], content_type: str, suffix: str
    ) -> HttpResponse:
        person = self.ask_for_reader(request)
        try:
            content = export(results=self.filtered(request), reader=person)
        except exports.TooMany as refused:
            messages.error(request, str(refused))
            return HttpResponseRedirect(f"{reverse('admin:interviews_result_changelist')}?{request.GET.urlencode()}")
        return attach(content, content_type, f"results-{timezone.localdate()}.{suffix}")

    def filtered(self, request: HttpRequest) -> QuerySet[Result]:
        """The list's rows on all of its pages, by the same query string."""
        try:
            rows: QuerySet[Any] = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters as error:
            raise Http404("There is no such filter.") from error
        return Result.objects.real().filter(pk__in=rows.order_by().values("pk")).order_by("-created_at", "pk")

    def as_report(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        result = self.get_object(request, str(object_id))
        if result is None:
            raise Http404(f"There is no result {object_id}.")
        person = self.ask_for_reader(request)
        whole = request.GET.get("transcript") == "1"
        content = reports.write_report(result=result, reader=person, with_transcript=whole)
        name = slugify(result.invitation.candidate.name) or "candidate"
        return attach(content, "application/pdf", f"report-{name}.pdf")

    def ask_for_reader(self, request: HttpRequest) -> User:
        person = actor_of(request)
        if person is None or not self.has_view_permission(request):
            raise PermissionDenied
        return person


def attach(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=content_type, headers=headers)
