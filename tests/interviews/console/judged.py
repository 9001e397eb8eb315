"""Judged results of one interview, for the pages that show many."""

from django.utils import timezone

from interviews.domain import relay, results
from interviews.models import CompetencyScore, Interview, Result, ScoreSet
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.console.conftest import tell
from tests.interviews.factories import launch_session, make_invitation, make_session, open_relay


def finish(tenant: Tenant, interview: Interview, *, name: str = "Kim", decision: str = "") -> Result:
    """Somebody is interviewed, to the end."""
    with tenant_scope(tenant):
        invitation = make_invitation(interview=interview, candidate__name=name)
        session = make_session(invitation=invitation)
        job = launch_session(session)
    relay.store_frames(lease=open_relay(job), frames=tell(session))
    with tenant_scope(tenant):
        results.complete_invitation(invitation_id=invitation.pk)
        Result.objects.filter(invitation=invitation).update(decision=decision)
        return Result.objects.select_related("invitation__candidate", "invitation__interview").get(
            invitation=invitation
        )


def score(result: Result, **levels: int | None) -> Result:
    """The model's levels by competency; None is withheld."""
    with tenant_scope(result.tenant_id):
        made = ScoreSet.objects.create(
            result=result, number=1, status="done", is_current=True, rubric_version="v", due_at=timezone.now()
        )
        for position, (competency, level) in enumerate(levels.items(), start=1):
            CompetencyScore.objects.create(
                score_set=made,
                position=position,
                competency=competency,
                level=level,
                withheld="" if level else "no_quote",
                quotes=[{"turn": "t", "start": 0, "end": 8, "text": "Answer 1"}] if level else [],
            )
    return result
