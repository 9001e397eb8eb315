"""A PATCH without a body to the order's own address; Greenhouse then asks test_status."""

from __future__ import annotations

from interviews.ats.messages import Adapter, Message, Unsendable, basic
from interviews.domain.ats_outcomes import Outcome
from interviews.enums import AtsSystem
from interviews.models import AtsConnection, Order
from tenants.domain.vault import unseal


def describe(connection: AtsConnection, order: Order, outcome: Outcome) -> Message:
    """It proves itself with the same key that Greenhouse shows us."""
    check(connection)
    return Message(
        system=AtsSystem.GREENHOUSE,
        name="PATCH completed test",
        method="PATCH",
        url=order.callback["url"],
        headers={"Authorization": basic(unseal(connection.key))},
    )


def check(connection: AtsConnection) -> None:
    if not connection.key:
        raise Unsendable("The key is missing. Make a new one, and hand it to Greenhouse.")


ADAPTER = Adapter(
    describe=describe,
    check=check,
    untested="Nothing was called: Greenhouse has no address to call without a test that it has sent.",
)
