"""The console's first page: the first steps, what needs attention, who is being interviewed and who is done."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils import timezone

from interviews.console.attention import RUNNING_OUT
from interviews.console.branding import find_brand
from interviews.console.first_steps import list_steps
from interviews.console.needs import list_needs
from interviews.console.snapshot import list_running
from interviews.enums import OPEN_STATUSES, EmailStatus, InvitationStatus, SessionStatus
from interviews.models import Interview, Invitation, OutgoingEmail, Result
from tenants.middleware import role_of
from tenants.roles import Action, may

WEEK = timedelta(days=7)
SHOWN = 5

NOT_BEGUN = (InvitationStatus.CREATED, InvitationStatus.INVITED)


def fill_dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's DASHBOARD_CALLBACK. Outside any tenant, where platform staff may be, there is nothing to show."""
    role = role_of(request)
    if role is None:
        return context
    now = timezone.now()
    real = Invitation.objects.real()
    expiring = real.filter(status__in=RUNNING_OUT, expires_at__range=(now, now + WEEK))
    may_watch = may(role, Action.WATCH_LIVE)
    running = list_running() if may_watch else []
    live_count = sum(row["status"] == SessionStatus.LIVE for row in running)
    context |= {
        "may_invite": may(role, Action.INVITE),
        "may_edit": may(role, Action.EDIT_INTERVIEWS),
        "may_watch": may_watch,
        "may_read": may(role, Action.READ_RESULTS),
        "steps": list_steps(role=role, brand=find_brand(request)),
        "needs": list_needs(role=role, tenant=request.tenant, live_count=live_count if may_watch else None),  # type: ignore[attr-defined]
        "has_interviews": Interview.objects.exists(),
        "has_invitations": real.exists(),
        "waiting_count": real.filter(status__in=NOT_BEGUN, expires_at__gt=now).count(),
        "expiring": expiring.select_related("candidate", "interview").order_by("expires_at")[:SHOWN],
        "failed_emails": count_unsent(),
        "running": running,
    }
    if context["may_read"]:
        results = Result.objects.real()
        context["completed_count"] = results.filter(created_at__gt=now - WEEK).count()
        context["completed"] = results.select_related("invitation__candidate", "invitation__interview")[:SHOWN]
    return context


def count_unsent() -> int:
    """Mails that could not be sent and still matter: not of a closed invitation, nor sent again since."""
    still_open = Q(invitation=None) | Q(invitation__status__in=OPEN_STATUSES)
    later = OutgoingEmail.objects.filter(
        invitation=OuterRef("invitation"), kind=OuterRef("kind"), created_at__gt=OuterRef("created_at")
    )
    failed = OutgoingEmail.objects.filter(still_open, status=EmailStatus.FAILED)
    return failed.exclude(Q(invitation__isnull=False) & Exists(later)).count()
