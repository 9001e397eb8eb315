"""The three addresses that Ashby calls, each by POST."""

from __future__ import annotations

from interviews.ats.ashby.shapes import ASHBY, CancelAssessment, StartAssessment
from interviews.ats.door import Call, Reply, answers
from interviews.ats.ordering import find_order, list_offers, note, take_order
from interviews.domain.orders import withdraw_order


@answers(ASHBY, "assessment.list")
def list_assessments(call: Call) -> Reply:
    offers = [
        {"assessment_type_id": id_, "name": title, "description": "Voice interview by Vivavoce"}
        for id_, title in list_offers()
    ]
    return Reply({"success": True, "results": offers})


@answers(ASHBY, "assessment.start")
def start_assessment(call: Call) -> Reply:
    """The same application and type are one order, until it is canceled; then they may be ordered anew."""
    order = call.read(StartAssessment)
    id_, new = take_order(
        call,
        offer=order.assessment_type_id,
        names=(order.candidate.first_name, order.candidate.last_name),
        email=order.candidate.email,
        natural_key=f"{order.application.ashby_id} {order.assessment_type_id}",
        application_id=order.application.ashby_id,
        job_id=order.job.ashby_id,
    )
    return Reply({"success": True, "results": {"assessment_id": id_}}, note=note(id_, new))


@answers(ASHBY, "assessment.cancel")
def cancel_assessment(call: Call) -> Reply:
    id_ = call.read(CancelAssessment).assessment_id
    withdraw_order(order=find_order(call, id_))
    return Reply({"success": True, "results": {"assessment_id": id_}}, note=f"{id_}: canceled")
