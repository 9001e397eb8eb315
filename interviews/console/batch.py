"""Lists of invitations: handed in, looked through row by row, started, and followed."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from unfold.decorators import display

from interviews.console.base import ReadOnlyAdmin, count_of
from interviews.console.batch_form import BatchForm
from interviews.console.marks import BATCH_MARKS
from interviews.domain import batches, tables
from interviews.domain.languages import name_language
from interviews.domain.plans import PlanError
from interviews.enums import BatchRowState, BatchStatus
from interviews.models import BatchRow, InvitationBatch
from tenants.console import actor_of
from tenants.roles import Action

ROWS_A_PAGE = 100
#: How much of a column the mapping shows, so that one knows it again.
SAMPLE = 30


@admin.register(InvitationBatch)
class InvitationBatchAdmin(ReadOnlyAdmin):
    add_action = Action.INVITE
    list_display = ("source", "interview", "status_mark", "invited", "left_out", "created_at")
    list_select_related = ("interview",)
    list_filter = ("status", "interview")
    change_form_template = "console/batch.html"
    empty_text = _("Paste a list or hand in a CSV file: you see each row's problem before anything is sent.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[InvitationBatch]:
        rows: QuerySet[InvitationBatch] = super().get_queryset(request)
        return rows.select_related("interview", "created_by").annotate(
            invited_count=count_of(BatchRow.objects.filter(state=BatchRowState.INVITED), "batch"),
            left_out_count=count_of(BatchRow.objects.filter(state=BatchRowState.PROBLEM), "batch"),
        )

    @display(description=_("Status"), ordering="status", label=BATCH_MARKS)
    def status_mark(self, batch: InvitationBatch) -> tuple[str, str]:
        return batch.status, batch.get_status_display()

    @display(description=_("Invited"))
    def invited(self, batch: Any) -> int:
        return int(batch.invited_count)

    @display(description=_("Left out"))
    def left_out(self, batch: Any) -> int:
        return int(batch.left_out_count)

    # --- Handing in -----------------------------------------------------------------------------

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **kwargs) if obj else BatchForm

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj:
            return [(None, {"fields": []})]
        people, places, limits = ("people", "file"), ("locale", "time_zone"), ("extra_time", "other_time")
        return [(None, {"fields": ("interview", *people, places, "expires_at", limits, "personal_note")})]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Saving only checks the list, and leads to where one sees how it went."""
        hidden = {"show_save_and_continue": False, "show_save_and_add_another": False}
        return super().add_view(request, form_url, hidden)

    def save_form(self, request: HttpRequest, form: BatchForm, change: bool) -> InvitationBatch:
        return form.create(created_by=actor_of(request))

    def save_model(self, request: HttpRequest, obj: InvitationBatch, form: Any, change: bool) -> None:
        """The domain has stored it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The domain has stored the rows."""

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:interviews_invitationbatch_change", args=[obj.pk]))

    # --- Looking through, and following ---------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        batch = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if batch is not None:
            shown = request.GET.get("state", "")
            rows = batch.rows.filter(state=shown) if shown in BatchRowState.values else batch.rows.all()
            page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
            context = {
                "may_invite": self.has_add_permission(request),
                "progress": describe_progress(batch),
                "columns": describe_columns(batch),
                "unread": name_unread(batch),
                "shown": shown,
                "page": page,
                "rows": [(row, describe_own(row, batch)) for row in page],
            }
        return super().change_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        steps = self.step_urls(map=self.map_columns, start=self.start, discard=self.discard)
        follow = path(
            "<uuid:object_id>/progress/",
            self.admin_site.admin_view(require_safe(self.send_progress)),
            name="interviews_invitationbatch_progress",
        )
        return [*steps, follow, *super().get_urls()]

    def send_progress(self, request: HttpRequest, object_id: Any) -> JsonResponse:
        batch = self.find(request, object_id)
        return JsonResponse(describe_progress(batch))

    def map_columns(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        batch = self.find(request, object_id, to_invite=True)
        chosen = {field: request.POST.get(field, "") for field in tables.FIELDS}
        mapping = {field: int(column) for field, column in chosen.items() if column.isdecimal() and len(column) < 4}
        try:
            batches.map_columns(batch=batch, mapping=mapping, has_header="has_header" in request.POST)
        except batches.BatchError as error:
            return self.back(request, batch, messages.ERROR, str(error))
        return self.back(request, batch, messages.SUCCESS, gettext("The rows are checked anew."))

    def start(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        batch = self.find(request, object_id, to_invite=True)
        try:
            batches.start_batch(batch=batch)
        except (batches.BatchError, PlanError) as error:
            return self.back(request, batch, messages.ERROR, str(error))
        self.log_change(request, batch, "started")
        return self.back(request, batch, messages.SUCCESS, gettext("The invitations are on their way."))

    def discard(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        batch = self.find(request, object_id, to_invite=True)
        try:
            with transaction.atomic():  # a refusal takes the entry back
                self.log_deletions(request, InvitationBatch.objects.filter(pk=batch.pk))
                batches.discard_batch(batch=batch)
        except batches.BatchError as error:
            return self.back(request, batch, messages.ERROR, str(error))
        messages.success(request, gettext("The list is discarded; nobody was invited from it."))
        return HttpResponseRedirect(reverse("admin:interviews_invitationbatch_changelist"))

    def find(self, request: HttpRequest, object_id: Any, *, to_invite: bool = False) -> InvitationBatch:
        """The tenant's list. Raises Http404 and PermissionDenied."""
        batch: InvitationBatch | None = self.get_object(request, str(object_id))
        if batch is None:
            raise Http404(f"There is no list {object_id}.")
        if not (self.has_add_permission(request) if to_invite else self.has_view_permission(request)):
            raise PermissionDenied
        return batch

    def back(self, request: HttpRequest, batch: InvitationBatch, level: int, text: str) -> HttpResponse:
        messages.add_message(request, level, text)
        return HttpResponseRedirect(reverse("admin:interviews_invitationbatch_change", args=[batch.pk]))


def describe_progress(batch: InvitationBatch) -> dict[str, Any]:
    """The JSON of the page that follows a list; its shape is `Progress` in frontend/src/batch/main.ts."""
    counts = batches.count_rows(batch=batch)
    invited, ready, left_out = (counts[state] for state in ("invited", "ready", "problem"))
    text = gettext("%(invited)s invited, %(ready)s to go, %(left_out)s left out") % {
        "invited": f"{invited:,}",
        "ready": f"{ready:,}",
        "left_out": f"{left_out:,}",
    }
    if batch.status == BatchStatus.RUNNING and batch.waits_until:
        moment = date_format(timezone.localtime(batch.waits_until), "H:i")
        text += ". " + gettext("The limit of invitations an hour is reached; this goes on at %(time)s by itself.") % {
            "time": moment
        }
    return {
        "done": invited,
        "ready": ready,
        "left_out": left_out,
        "total": invited + ready,
        "running": batch.status == BatchStatus.RUNNING,
        "text": text,
        "invite": ngettext("Invite %(n)s person", "Invite %(n)s people", ready) % {"n": f"{ready:,}"},
    }


def describe_own(row: BatchRow, batch: InvitationBatch) -> str:
    """What the row's own cells say, where they differ from what holds for the list; empty for one that is left out."""
    if row.problem:
        return ""
    until = row.expires_at and date_format(timezone.localtime(row.expires_at), "j M Y, H:i")
    said = {
        "locale": row.locale and name_language(row.locale),
        "time_zone": row.time_zone,
        "extra_time": gettext("%s times the time") % f"{row.extra_time:g}",
        "expires_at": gettext("until %s") % until,
        "personal_note": gettext("with a note"),
    }
    return " · ".join(text for name, text in said.items() if text and getattr(row, name) != getattr(batch, name))


def describe_columns(batch: InvitationBatch) -> list[dict[str, Any]]:
    """For each field, the columns to choose from: their heading, or else what stands in the first row."""
    if batch.status != BatchStatus.DRAFT or not batch.table:
        return []
    names = [cell[:SAMPLE] or f"#{number + 1}" for number, cell in enumerate(batch.table[0])]
    return [
        {
            "field": field,
            "label": label,
            "choices": [
                {"number": number, "name": name, "chosen": batch.mapping.get(field) == number}
                for number, name in enumerate(names)
            ],
        }
        for field, label in tables.FIELDS.items()
    ]


def name_unread(batch: InvitationBatch) -> list[str]:
    """The headings of columns that nothing is read from."""
    if not (batch.has_header and batch.table):
        return []
    return [cell for number, cell in enumerate(batch.table[0]) if cell and number not in batch.mapping.values()]
