"""The four addresses that Greenhouse calls."""

from __future__ import annotations

from interviews.ats.door import Call, Reply, answers
from interviews.ats.greenhouse.shapes import GREENHOUSE, ResponseError, SendTest, write_status
from interviews.ats.ordering import find_order, list_offers, note, take_order
from interviews.domain.ats_outcomes import read_outcome


@answers(GREENHOUSE, "list_tests", method="GET")
def list_tests(call: Call) -> Reply:
    return Reply([{"partner_test_id": id_, "partner_test_name": title} for id_, title in list_offers()])


@answers(GREENHOUSE, "send_test")
def send_test(call: Call) -> Reply:
    order = call.read(SendTest)
    who = order.candidate
    id_, new = take_order(
        call,
        offer=order.partner_test_id,
        names=(who.preferred_name or who.first_name, who.last_name),
        email=who.email,
        natural_key=order.url,
        url=order.url,
    )
    return Reply({"partner_interview_id": id_}, note=note(id_, new))


@answers(GREENHOUSE, "test_status", method="GET")
def test_status(call: Call) -> Reply:
    order = find_order(call, call.request.GET.get("partner_interview_id", ""))
    status = write_status(read_outcome(order=order))
    return Reply(status, note=status["partner_status"])


@answers(GREENHOUSE, "response_error")
def response_error(call: Call) -> Reply:
    """Kept in the log, without the candidate's address, which Greenhouse sends too."""
    told = call.read(ResponseError)
    about = told.partner_interview_id or told.partner_test_id or ""
    return Reply({}, note=f"{told.api_call or ''} {about}: {' '.join(told.errors or [])}".strip())
