"""Many candidates who press start, and what became of each."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from interviews.domain import sessions
from interviews.enums import EndReason, SessionStatus
from interviews.models import Session
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.factories import InterviewFactory, make_invitation, make_session
from tests.workers.runner import Fault, Runner


class Starts:
    """The sessions of a company, one for each candidate."""

    def __init__(self, tenant: Tenant, runner: Runner) -> None:
        self.tenant = tenant
        self.runner = runner
        with tenant_scope(tenant):
            self.interview = InterviewFactory.create()

    def press(self, count: int, *, faults: dict[int, Fault]) -> None:
        """`faults` by the number of the candidate."""
        for number in range(count):
            with tenant_scope(self.tenant):
                session = make_session(invitation=make_invitation(interview=self.interview))
                if fault := faults.get(number):
                    self.runner.faults[str(session.pk)] = fault

    def meet(self) -> int:
        """Whose bot stands ready holds the interview, which makes room for the next; how many are through."""
        with tenant_scope(self.tenant):
            ready = list(Session.objects.filter(status=SessionStatus.WAITING))
        for session in ready:
            with tenant_scope(self.tenant):
                sessions.end_session(session=session, reason=EndReason.COMPLETED)
        with tenant_scope(self.tenant):
            return Session.objects.filter(status=SessionStatus.ENDED).count()

    def account(self) -> str:
        """How many sessions have which status, and how they ended."""
        with tenant_scope(self.tenant):
            groups = Session.objects.order_by().values_list("status", "end_reason", "launch_attempts", "launch_error")
            return "\n".join(f"{count}: {', '.join(map(str, group))}" for *group, count in groups.annotate(Count("pk")))

    def let_claims_run_out(self) -> None:
        with tenant_scope(self.tenant):
            starting = list(Session.objects.filter(status=SessionStatus.STARTING))
        for session in starting:
            with tenant_scope(self.tenant):
                claim = Session.objects.filter(pk=session.pk, status=SessionStatus.STARTING)
                claim.update(launched_at=timezone.now() - timedelta(minutes=1))

    def judge(self) -> Counter[str]:
        """Once all are through: of how many sessions the one bot that is let in is the one that the candidate met.

        Others are "double", "missing", or "told" that it did not work.
        """
        with tenant_scope(self.tenant):
            found = list(Session.objects.values_list("pk", "end_reason", "launch_error", "runner_session_id"))
        return Counter(
            self.judge_session(pk, recorded) if reason == EndReason.COMPLETED else "told" if error else "missing"
            for pk, reason, error, recorded in found
        )

    def judge_session(self, pk: UUID, recorded: str) -> str:
        let_in = [bot.id for bot in self.runner.bots[str(pk)] if bot.holds_on() or bot.comes()]
        if len(let_in) > 1:
            return "double"
        return "one" if let_in == [recorded] else "missing"
