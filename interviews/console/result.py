"""Results: the summary, the answers by question, and the whole conversation."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Case, F, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import display

from interviews.console.base import WithoutRehearsals, count_of
from interviews.console.judgement import judgement_context
from interviews.console.judging_filter import JudgingFilter
from interviews.console.marks import DECISION_MARKS, INVITATION_MARKS
from interviews.console.recording import recording_context
from interviews.console.result_comparison import ResultComparison
from interviews.console.result_files import ResultFiles
from interviews.console.result_filters import CompetencyFilter, DayFilter, DecisionFilter, LevelFilter, is_known_to
from interviews.console.result_steps import ResultSteps
from interviews.domain import reviews
from interviews.domain.figures import put_together
from interviews.enums import Decision
from interviews.models import Answer, Result, SavedView, TranscriptTurn
from tenants.console import actor_of
from tenants.middleware import role_of
from tenants.models import AuditEntry, User
from tenants.roles import Action, may


@admin.register(Result)
class ResultAdmin(WithoutRehearsals, ResultSteps, ResultComparison, ResultFiles):
    view_action = Action.READ_RESULTS
    view_verb = "viewed the result"
    list_display = ("candidate_header", "interview", "status_mark", "decision_mark", "answer_count", "created_at")
    list_display_links = ("candidate_header",)
    list_filter = (
        ("invitation__interview", RelatedDropdownFilter),
        JudgingFilter,
        DecisionFilter,
        CompetencyFilter,
        LevelFilter,
        ("invitation__status", ChoicesDropdownFilter),
        ("created_at", DayFilter),
    )
    list_filter_submit = True
    search_fields = ("invitation__candidate__name", "invitation__candidate__email", "invitation__interview__title")
    fieldsets = ((None, {"fields": ()}),)
    change_form_template = "console/result.html"
    list_before_template = "console/parts/result_tools.html"
    empty_text = _("A result appears here when a candidate has finished an interview.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Result]:
        results: QuerySet[Result] = super().get_queryset(request)
        related = results.select_related("invitation__candidate", "invitation__interview")
        shown = Case(When(is_known_to(request), then=F("decision")), default=Value(""))
        answers = count_of(Answer.objects.all(), "invitation", outer="invitation")
        return related.annotate(answer_count=answers, decision_shown=shown)

    @display(description=_("Candidate"), ordering="invitation__candidate__name", header=True)
    def candidate_header(self, result: Result) -> tuple[str, str]:
        return result.invitation.candidate.name, result.invitation.candidate.email

    @display(description=_("Interview"), ordering="invitation__interview__title")
    def interview(self, result: Result) -> str:
        return result.invitation.interview.title

    @display(description=_("Status"), ordering="invitation__status", label=INVITATION_MARKS)
    def status_mark(self, result: Result) -> tuple[str, str]:
        return result.invitation.status, result.invitation.get_status_display()

    @display(description=_("Decision"), ordering="decision_shown", label=DECISION_MARKS)
    def decision_mark(self, result: Any) -> tuple[str, str] | None:
        """Empty also where the reader still has to review blind."""
        shown = result.decision_shown
        return (shown, str(Decision(shown).label)) if shown else None

    @display(description=_("Answers"), ordering="answer_count")
    def answer_count(self, result: Any) -> int:
        count: int = result.answer_count
        return count

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {
            "saved_views": SavedView.objects.filter(user=actor_of(request)),
            "current_query": urlencode([(key, value) for key, value in request.GET.items() if key != "p"]),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        result = self.get_object(request, object_id)
        person = actor_of(request)
        context: dict[str, Any] = {}
        if result is not None and person is not None:
            sessions = list(result.invitation.sessions.order_by("number"))
            turns = TranscriptTurn.objects.filter(session__invitation=result.invitation)
            shown = recording_context(sessions=sessions, turns=turns.order_by("session__number", "seq"))
            judgement = reviews.read_judgement(result=result, reader=person)
            draft = self.take_draft(request, result)
            context = {
                "sessions": sessions,
                "answers": result.invitation.answers.order_by("position"),
                **shown,
                **judgement_context(judgement=judgement, turns=shown["turns"], draft=draft),
                "may_review": may(role_of(request), Action.WRITE_REVIEWS),
                "may_decide": may(role_of(request), Action.DECIDE),
                **self.sharing_context(request, result, hidden=judgement.hidden),
                "entries": self.read_log(result, person).exclude(verb=self.view_verb)[:12],
                "interviewer": sessions[-1].plan["persona"]["interviewer"] if sessions else _("Interviewer"),
                "figures": put_together(sessions=sessions),
            }
        return super().change_view(request, object_id, form_url, context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Tells no more than the page does: before a blind review, nothing of what others think."""
        result, person = self.get_object(request, object_id), actor_of(request)
        entries = self.read_log(result, person)[:200] if result is not None and person is not None else []
        return super().history_view(request, object_id, {"entries": entries} | (extra_context or {}))

    def read_log(self, result: Result, person: User) -> QuerySet[AuditEntry]:
        entries = AuditEntry.objects.filter(object_type=result._meta.label_lower, object_id=str(result.pk))
        hidden = reviews.is_hidden(result=result, reader=person)
        return entries.exclude(verb__in=reviews.OPINIONS) if hidden else entries
