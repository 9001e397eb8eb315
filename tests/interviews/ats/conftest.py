"""An ATS on this machine: it calls us as its vendor documents it, and takes what we send back."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from botrunner.contract import RelayFrame
from interviews import tasks
from interviews.api.ids import read_id, write_id
from interviews.domain import relay, results
from interviews.domain.ats_connections import install_connection
from interviews.enums import DeliveryStatus
from interviews.models import (
    AtsCall,
    AtsCallback,
    AtsConnection,
    CompetencyScore,
    Interview,
    Invitation,
    ScoreSet,
    Session,
)
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.console.conftest import tell
from tests.interviews.domain.receiver import Receiver, Taken, receiving
from tests.interviews.factories import InterviewFactory, launch_session, make_session, open_relay

CREDENTIAL = "theirs-7f3a"


@dataclass
class Ats:
    """One company's ATS of one kind. `key` is what was handed to it."""

    tenant: Tenant
    connection: AtsConnection
    key: str
    receiver: Receiver
    interview: Interview
    client: Client = field(default_factory=Client)

    @property
    def offer(self) -> str:
        return write_id("interview", self.interview.pk)

    @property
    def authorization(self) -> str:
        basic = self.connection.system in ("greenhouse", "ashby")
        return f"Basic {b64encode(f'{self.key}:'.encode()).decode()}" if basic else f"Bearer {self.key}"

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """`body` is sent as JSON, bytes as they are."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        answer = self.client.generic(
            method,
            f"/ats/{self.connection.system}/{path}",
            data=data,
            content_type="application/json",
            headers={"Authorization": self.authorization} | headers,
        )
        return answer.status_code, json.loads(answer.content)

    def invitations(self) -> list[Invitation]:
        with tenant_scope(self.tenant):
            return list(Invitation.objects.select_related("candidate", "order").order_by("created_at"))

    def hold(self, shown_id: str, *levels: int) -> None:
        """The candidate is interviewed, and judged with these levels."""
        session, lease, frames = self.begin(shown_id)
        self.end(session, lease, frames, *levels)

    def begin(self, shown_id: str) -> tuple[Session, relay.RelayLease, list[RelayFrame]]:
        """The interview has begun; what the rest of it will be."""
        with tenant_scope(self.tenant):
            session = make_session(invitation=Invitation.objects.get(pk=read_id("invitation", shown_id)))
            lease = open_relay(launch_session(session))
        first, *rest = tell(session)
        relay.store_frames(lease=lease, frames=[first])
        return session, lease, rest

    def end(self, session: Session, lease: relay.RelayLease, frames: list[RelayFrame], *levels: int) -> None:
        relay.store_frames(lease=lease, frames=frames)
        with tenant_scope(self.tenant):
            results.complete_invitation(invitation_id=session.invitation_id)
            result = session.invitation.result
            if levels:
                ScoreSet.objects.filter(result=result).delete()
                scores = ScoreSet.objects.create(
                    result=result, number=1, status="done", is_current=True, due_at=session.requested_at
                )
                for position, level in enumerate(levels, start=1):
                    CompetencyScore.objects.create(
                        score_set=scores, position=position, competency=f"Skill {position}", level=level
                    )

    def result_url(self, shown_id: str) -> str:
        with tenant_scope(self.tenant):
            pk = Invitation.objects.get(pk=read_id("invitation", shown_id)).result.pk
        return f"http://localhost:8000/admin/interviews/result/{pk}/change/"

    def send_due(self) -> list[tuple[Any, ...]]:
        """What the sweep and the worker do; (event, status, tries) of all call-backs."""
        with tenant_scope(self.tenant):
            pending = list(AtsCallback.objects.filter(status=DeliveryStatus.PENDING).order_by("created_at"))
        for callback in pending:
            tasks.send_ats_callback(str(self.tenant.pk), str(callback.pk))
        return self.callbacks()

    def callbacks(self) -> list[tuple[Any, ...]]:
        with tenant_scope(self.tenant):
            rows = AtsCallback.objects.order_by("created_at")
            return list(rows.values_list("event", "status", "tries"))

    def calls(self) -> list[tuple[Any, ...]]:
        with tenant_scope(self.tenant):
            return list(AtsCall.objects.order_by("at").values_list("direction", "name", "status", "note"))

    def taken(self) -> list[tuple[str, str, str, Any]]:
        """What the ATS was sent: method, path, proof of who we are, body."""
        return [read_taken(taken) for taken in self.receiver.taken]


def read_taken(taken: Taken) -> tuple[str, str, str, Any]:
    proof = taken.headers.get("authorization") or taken.headers.get("rt-partner-secret", "")
    return taken.method, taken.path, proof, json.loads(taken.body) if taken.body else None


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    with receiving() as receiver:
        settings.OUTBOUND_ALLOWED = settings.ATS_HOSTS_ALLOWED = [receiver.netloc]
        settings.ASHBY_URL = settings.RECRUITEE_URL = f"http://{receiver.netloc}"
        settings.BASE_URL = "http://localhost:8000"
        yield receiver


@pytest.fixture
def make_ats(receiver: Receiver) -> Callable[[Tenant, str], Ats]:
    def make(tenant: Tenant, system: str, **options: Any) -> Ats:
        given = {"credential": CREDENTIAL, "account": "vivavoce"} | options
        with tenant_scope(tenant):
            connection, key = install_connection(system=system, name="Ours", **given)
            if system == "ashby":
                receiver.answer(200, b'{"success": true}')
            return Ats(tenant, connection, key, receiver, InterviewFactory.create(title="Engineer"))

    return make
