"""PATCH the report that Recruitee has named with the order, with the partner's secret."""

from __future__ import annotations

import re

from django.conf import settings

from interviews.ats.messages import Adapter, Message, Unsendable, as_json
from interviews.ats.recruitee.shapes import write_report
from interviews.domain.ats_outcomes import Outcome
from interviews.enums import AtsSystem
from interviews.models import AtsConnection, Order
from tenants.domain.vault import unseal


def describe(connection: AtsConnection, order: Order, outcome: Outcome) -> Message:
    check(connection)
    return Message(
        system=AtsSystem.RECRUITEE,
        name="PATCH report",
        method="PATCH",
        url=f"{settings.RECRUITEE_URL}/api/p/{connection.account}/reports/{order.order_id}",
        headers={"RT-PARTNER-SECRET": unseal(connection.credential), "Content-Type": "application/json"},
        body=as_json(write_report(outcome)),
    )


def check(connection: AtsConnection) -> None:
    if not connection.credential or not re.fullmatch(r"[A-Za-z0-9_-]+", connection.account):
        raise Unsendable("Enter the partner's code name and the partner's secret that Recruitee has issued.")


ADAPTER = Adapter(
    describe=describe,
    check=check,
    untested="Nothing was called: Recruitee has no address that does nothing but check the secret.",
)
