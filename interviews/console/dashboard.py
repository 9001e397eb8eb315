"""The console's first page: who is being interviewed, who is done, and which invitations run out."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from interviews.console.snapshot import list_running
from interviews.enums import EmailStatus, InvitationStatus, SessionStatus
from interviews.models import Interview, Invitation, OutgoingEmail, Result
from tenants.middleware import role_of
from tenants.roles import Action, may

SOON = timedelta(days=3)
LATELY = timedelta(days=7)
SHOWN = 5

NOT_BEGUN = (InvitationStatus.CREATED, InvitationStatus.INVITED)
RUNNING_OUT = (*NOT_BEGUN, InvitationStatus.IN_PROGRESS)


def fill_dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's DASHBOARD_CALLBACK. Outside any tenant, where platform staff may be, there is nothing to show."""
    role = role_of(request)
    if role is None:
        return context
    now = timezone.now()
    waiting = Invitation.objects.filter(status__in=NOT_BEGUN, expires_at__gt=now)
    expiring = Invitation.objects.filter(status__in=RUNNING_OUT, expires_at__range=(now, now + SOON))
    context |= {
        "may_invite": may(role, Action.INVITE),
        "may_edit": may(role, Action.EDIT_INTERVIEWS),
        "may_watch": may(role, Action.WATCH_LIVE),
        "may_read": may(role, Action.READ_RESULTS),
        "has_interviews": Interview.objects.exists(),
        "has_invitations": Invitation.objects.exists(),
        "waiting_count": waiting.count(),
        "expiring_count": expiring.count(),
        "expiring": expiring.select_related("candidate", "interview").order_by("expires_at")[:SHOWN],
        "failed_emails": OutgoingEmail.objects.filter(status=EmailStatus.FAILED).count(),
    }
    if context["may_watch"]:
        context["running"] = list_running()
        context["live_count"] = sum(row["status"] == SessionStatus.LIVE for row in context["running"])
    if context["may_read"]:
        lately = Q(created_at__gt=now - LATELY)
        context["completed_count"] = Result.objects.filter(lately).count()
        context["completed"] = Result.objects.select_related("invitation__candidate", "invitation__interview")[:SHOWN]
    return context
