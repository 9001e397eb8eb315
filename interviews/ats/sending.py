"""Telling an ATS what came of its orders, and testing a connection, by the adapters' own words."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from interviews.ats.ashby import callback as ashby
from interviews.ats.greenhouse import callback as greenhouse
from interviews.ats.hosts import check_host
from interviews.ats.messages import Adapter, Message, Unsendable, Verdict
from interviews.ats.ordering import list_offers
from interviews.ats.recruitee import callback as recruitee
from interviews.ats.workable import callback as workable
from interviews.domain import ats_deliveries, outbound
from interviews.domain.ats_callbacks import find_problem
from interviews.domain.ats_connections import log_call, record_test
from interviews.domain.ats_outcomes import read_outcome
from interviews.domain.outbound import AddressRefused, Answer
from interviews.enums import AtsDirection, AtsSystem
from interviews.models import AtsCall, AtsCallback, AtsConnection
from tenants.domain.vault import SealBroken
from tenants.scope import tenant_scope

ADAPTERS: dict[str, Adapter] = {
    AtsSystem.GREENHOUSE: greenhouse.ADAPTER,
    AtsSystem.ASHBY: ashby.ADAPTER,
    AtsSystem.WORKABLE: workable.ADAPTER,
    AtsSystem.RECRUITEE: recruitee.ADAPTER,
}


def prepare_callback(callback: AtsCallback) -> Message | None:
    """What to send for a claimed call-back, by the state as it is now; None where it can't be, which is recorded."""
    connection, order = callback.connection, callback.order
    try:
        if connection is None or not connection.enabled:
            raise Unsendable(find_problem(connection))
        message = ADAPTERS[connection.system].describe(connection, order, read_outcome(order=order))
        check_host(system=connection.system, url=message.url)
    except (Unsendable, SealBroken, AddressRefused) as error:
        ats_deliveries.give_up(callback=callback, reason=str(error))
        return None
    return message


def send(message: Message) -> Answer:
    """Outside any tenant's scope."""
    return outbound.send(method=message.method, url=message.url, body=message.body, headers=message.headers)


def is_taken(message: Message, answer: Answer) -> bool:
    return ADAPTERS[message.system].is_taken(answer)


def test_connection(*, tenant_id: UUID, connection_id: UUID) -> None:
    """Call what can be called, and write down what that shows and what it does not."""
    with tenant_scope(tenant_id):
        connection = AtsConnection.objects.get(pk=connection_id)
        adapter = ADAPTERS[connection.system]
        here, ready = look_here(connection)
        try:
            adapter.check(connection)
            message = adapter.probe.ask(connection) if adapter.probe else None
            if message:
                check_host(system=connection.system, url=message.url)
        except (Unsendable, SealBroken, AddressRefused) as error:
            record_test(connection_id=connection_id, passed=False, result=f"{error} {here}")
            return
    if adapter.probe is None or message is None:
        verdict = Verdict(None, adapter.untested)
    else:
        answer = send(message)
        verdict = adapter.probe.judge(answer)
        with tenant_scope(tenant_id):
            log_call(
                connection_id=connection_id,
                direction=AtsDirection.OUT,
                name=f"test: {message.name}",
                status=answer.status,
                seconds=answer.seconds,
                note=answer.error,
            )
    passed = verdict.passed if ready else False
    with tenant_scope(tenant_id):
        record_test(connection_id=connection_id, passed=passed, result=f"{verdict.text} {here}")


def look_here(connection: AtsConnection) -> tuple[str, bool]:
    """What our own side says about the connection, and whether it stands in the way of none."""
    count = len(list_offers())
    last = AtsCall.objects.filter(connection=connection, direction=AtsDirection.IN).first()
    secure = settings.BASE_URL.startswith("https://")
    parts = [
        f"It last called us on {last.at:%d %B %Y at %H:%M} UTC." if last else "It has not called us yet.",
        f"{count} published interview{'' if count == 1 else 's'} can be chosen there." if count else "",
        "" if count else "No interview is published, so there is nothing to choose.",
        "" if secure else "BASE_URL does not begin with https://, and ATSs call nothing else.",
    ]
    return " ".join(part for part in parts if part), bool(count)
