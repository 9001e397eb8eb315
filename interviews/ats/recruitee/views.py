"""The two addresses that Recruitee calls: `urls.tests` and `urls.send_candidate` of the partner."""

from __future__ import annotations

from interviews.ats.door import Call, Reply, answers
from interviews.ats.ordering import list_offers, note, take_order
from interviews.ats.recruitee.shapes import RECRUITEE, SendCandidate


@answers(RECRUITEE, "tests", method="GET")
def list_tests(call: Call) -> Reply:
    return Reply([{"name": title, "id": id_} for id_, title in list_offers()])


@answers(RECRUITEE, "send_candidate")
def send_candidate(call: Call) -> Reply:
    order = call.read(SendCandidate)
    id_, new = take_order(
        call,
        offer=order.test_id,
        names=(order.first_name, order.last_name),
        email=order.email,
        natural_key=order.report_id,
        application_id=order.candidate_id or "",
        order_id=order.report_id,
    )
    return Reply({"id": id_}, note=note(id_, new))
