"""POST assessment.update, with the customer's own key."""

from __future__ import annotations

from django.conf import settings

from interviews.api.ids import write_id
from interviews.ats.ashby.shapes import write_update
from interviews.ats.messages import Adapter, Message, Probe, Unsendable, Verdict, as_json, basic, read_answer
from interviews.domain.ats_outcomes import Outcome
from interviews.domain.outbound import Answer
from interviews.enums import AtsSystem
from interviews.models import AtsConnection, Order
from tenants.domain.vault import unseal


def describe(connection: AtsConnection, order: Order, outcome: Outcome) -> Message:
    update = write_update(write_id("invitation", order.invitation_id), outcome)
    return post(connection, "assessment.update", as_json(update))


def post(connection: AtsConnection, name: str, body: bytes) -> Message:
    check(connection)
    return Message(
        system=AtsSystem.ASHBY,
        name=name,
        method="POST",
        url=f"{settings.ASHBY_URL}/{name}",
        headers={
            "Authorization": basic(unseal(connection.credential)),
            "Content-Type": "application/json",
            "Accept": "application/json; version=1",
        },
        body=body,
    )


def check(connection: AtsConnection) -> None:
    if not connection.credential:
        raise Unsendable("Enter the key that Ashby has issued, with the permission to write candidates.")


def is_taken(answer: Answer) -> bool:
    """Ashby says no with a 200 too: only `success` true is a yes."""
    return answer.is_success and read_answer(answer).get("success") is True


def ask(connection: AtsConnection) -> Message:
    return post(connection, "apiKey.info", b"{}")


def judge(answer: Answer) -> Verdict:
    """Source: developers.ashbyhq.com, "Authentication" (401, 403, missing_endpoint_permission)."""
    if is_taken(answer):
        return Verdict(True, "Ashby knows the key. Whether it may write candidates shows with the first result.")
    if "missing_endpoint_permission" in answer.text:
        return Verdict(True, "Ashby knows the key, which may not read about itself. What it may write was not tested.")
    if answer.status is None:
        return Verdict(False, f"Ashby could not be reached: {answer.error}.")
    return Verdict(False, f"Ashby refuses the key with status {answer.status}. Enter it anew.")


ADAPTER = Adapter(describe=describe, check=check, is_taken=is_taken, probe=Probe(ask=ask, judge=judge))
