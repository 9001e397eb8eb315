"""The two addresses that Workable calls."""

from __future__ import annotations

from interviews.ats.door import Call, Reply, answers
from interviews.ats.ordering import list_offers, note, take_order
from interviews.ats.workable.shapes import WORKABLE, CreateAssessment


@answers(WORKABLE, "tests", method="GET")
def list_tests(call: Call) -> Reply:
    return Reply({"tests": [{"id": id_, "name": title} for id_, title in list_offers()]})


@answers(WORKABLE, "assessments")
def create_assessment(call: Call) -> Reply:
    order = call.read(CreateAssessment)
    id_, new = take_order(
        call,
        offer=order.test_id,
        names=(order.candidate.first_name, order.candidate.last_name),
        email=order.candidate.email,
        natural_key=order.callback_url,
        url=order.callback_url,
        job_id=order.job_shortcode or "",
    )
    return Reply({"assessment_id": id_}, status=201, note=note(id_, new))
