"""Sessions: each attempt at an interview, with its transcript and the plan it kept."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from interviews.console.base import ReadOnlyAdmin, WithoutRehearsals
from interviews.console.durations import show_duration
from interviews.console.marks import SESSION_MARKS
from interviews.console.recording import recording_context
from interviews.domain.figures import put_together
from interviews.models import Session
from tenants.roles import Action


@admin.register(Session)
class SessionAdmin(WithoutRehearsals, ReadOnlyAdmin):
    view_action = Action.READ_RESULTS
    view_verb = "viewed the session"
    list_display = ("candidate", "interview", "number", "status_mark", "end_reason", "requested_at", "ended_at")
    list_select_related = ("invitation__candidate", "invitation__interview")
    list_filter = ("status", "end_reason", "requested_at")
    search_fields = ("invitation__candidate__name", "invitation__candidate__email", "invitation__interview__title")
    fieldsets = ((None, {"fields": ()}),)
    change_form_template = "console/session.html"
    empty_text = _("A session appears here when a candidate presses start.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        sessions: QuerySet[Session] = super().get_queryset(request)
        return sessions.select_related("invitation__candidate", "invitation__interview")

    @display(description=_("Candidate"), ordering="invitation__candidate__name")
    def candidate(self, session: Session) -> str:
        return session.invitation.candidate.name

    @display(description=_("Interview"), ordering="invitation__interview__title")
    def interview(self, session: Session) -> str:
        return session.invitation.interview.title

    @display(description=_("Status"), ordering="status", label=SESSION_MARKS)
    def status_mark(self, session: Session) -> tuple[str, str]:
        return session.status, session.get_status_display()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        session = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if session is not None:
            context = {
                **recording_context(sessions=[session], turns=session.turns.order_by("seq")),
                "planned": [
                    asked | {"limit": show_duration(asked["time_limit"])} for asked in session.plan["questions"]
                ],
                "interviewer": session.plan["persona"]["interviewer"],
                "figures": put_together(sessions=[session]),
                "event_count": session.events.count(),
            }
        return super().change_view(request, object_id, form_url, context)
