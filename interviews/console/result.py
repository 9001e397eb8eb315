"""Results: the summary, the answers by question, and the whole conversation."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from interviews.console.base import ReadOnlyAdmin
from interviews.console.marks import INVITATION_MARKS
from interviews.console.recording import recording_context
from interviews.domain.figures import put_together
from interviews.models import Result, TranscriptTurn
from tenants.roles import Action


@admin.register(Result)
class ResultAdmin(ReadOnlyAdmin):
    view_action = Action.READ_RESULTS
    list_display = ("candidate_header", "interview", "status_mark", "answer_count", "created_at")
    list_display_links = ("candidate_header",)
    list_filter = ("invitation__interview", "created_at")
    search_fields = ("invitation__candidate__name", "invitation__candidate__email", "invitation__interview__title")
    fieldsets = ((None, {"fields": ()}),)
    change_form_template = "console/result.html"
    empty_text = _("A result appears here when a candidate has finished an interview.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Result]:
        results: QuerySet[Result] = super().get_queryset(request)
        related = results.select_related("invitation__candidate", "invitation__interview")
        return related.annotate(answer_count=Count("invitation__answers"))

    @display(description=_("Candidate"), ordering="invitation__candidate__name", header=True)
    def candidate_header(self, result: Result) -> tuple[str, str]:
        return result.invitation.candidate.name, result.invitation.candidate.email

    @display(description=_("Interview"), ordering="invitation__interview__title")
    def interview(self, result: Result) -> str:
        return result.invitation.interview.title

    @display(description=_("Status"), ordering="invitation__status", label=INVITATION_MARKS)
    def status_mark(self, result: Result) -> tuple[str, str]:
        return result.invitation.status, result.invitation.get_status_display()

    @display(description=_("Answers"), ordering="answer_count")
    def answer_count(self, result: Any) -> int:
        count: int = result.answer_count
        return count

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        result = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if result is not None:
            sessions = list(result.invitation.sessions.order_by("number"))
            turns = TranscriptTurn.objects.filter(session__invitation=result.invitation)
            context = {
                "sessions": sessions,
                "answers": result.invitation.answers.order_by("position"),
                **recording_context(sessions=sessions, turns=turns.order_by("session__number", "seq")),
                "interviewer": sessions[-1].plan["persona"]["interviewer"] if sessions else _("Interviewer"),
                "figures": put_together(sessions=sessions),
            }
        return super().change_view(request, object_id, form_url, context)
