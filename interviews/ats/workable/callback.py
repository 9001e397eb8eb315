"""PUT to the order's own address, with the token that Workable has issued."""

from __future__ import annotations

from interviews.ats.messages import Adapter, Message, Unsendable, as_json
from interviews.ats.workable.shapes import write_result
from interviews.domain.ats_outcomes import Outcome
from interviews.enums import AtsSystem
from interviews.models import AtsConnection, Order
from tenants.domain.vault import unseal


def describe(connection: AtsConnection, order: Order, outcome: Outcome) -> Message:
    check(connection)
    return Message(
        system=AtsSystem.WORKABLE,
        name="PUT callback_url",
        method="PUT",
        url=order.callback["url"],
        headers={"Authorization": f"Bearer {unseal(connection.credential)}", "Content-Type": "application/json"},
        body=as_json(write_result(outcome)),
    )


def check(connection: AtsConnection) -> None:
    if not connection.credential:
        raise Unsendable("Enter the token that Workable has issued.")


ADAPTER = Adapter(
    describe=describe,
    check=check,
    untested="Nothing was called: Workable has no address to call without an assessment that it has ordered.",
)
