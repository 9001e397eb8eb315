"""What staff should know about an invitation beside its status: a mark in the list, and a filter for each."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from interviews.enums import OPEN_STATUSES, CandidateWish, InvitationStatus
from interviews.models import Invitation

#: Of a closed invitation nothing is left to be done.
OPEN = Q(status__in=OPEN_STATUSES)
#: What an invitation of each kind looks like, the most pressing first.
KINDS = {
    "bounced": (_("E-mail came back"), OPEN & Q(bounced_at__isnull=False)),
    "person": (_("Asks for a person"), OPEN & Q(wish=CandidateWish.PERSON, wish_settled_at=None)),
    "format": (_("Asks for another format"), OPEN & Q(wish=CandidateWish.FORMAT, wish_settled_at=None)),
    "planned": (_("Chose a time"), OPEN & Q(planned_at__isnull=False)),
}

#: An open invitation that runs out within this is about to.
SOON = timedelta(hours=48)
RUNNING_OUT = (InvitationStatus.CREATED, InvitationStatus.INVITED, InvitationStatus.IN_PROGRESS)


def condition_of(kind: str) -> Q:
    """Of a kind, or "expiring", which has no mark: the deadline stands in the list."""
    if kind == "expiring":
        now = timezone.now()
        return Q(status__in=RUNNING_OUT, expires_at__range=(now, now + SOON))
    return KINDS[kind][1]


def name_attention(invitation: Invitation) -> tuple[str, str]:
    """The most pressing kind and its label; both empty for none."""
    kind = ""
    if invitation.status not in OPEN_STATUSES:
        pass
    elif invitation.bounced_at:
        kind = "bounced"
    elif invitation.wish and not invitation.wish_settled_at:
        kind = invitation.wish
    elif invitation.planned_at:
        kind = "planned"
    return (kind, gettext(str(KINDS[kind][0]))) if kind else ("", "")


class AttentionFilter(admin.SimpleListFilter):
    title = _("note")
    parameter_name = "note"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*((kind, label) for kind, (label, _condition) in KINDS.items()), ("expiring", _("Expires soon"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> QuerySet[Invitation]:
        kind = self.value()
        return queryset.filter(condition_of(kind)) if kind == "expiring" or kind in KINDS else queryset
