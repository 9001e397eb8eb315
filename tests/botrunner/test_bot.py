import pytest

from botrunner.bot import MalformedJob, read_job, transport_params
from botrunner.contract import BotJob
from botrunner.default_plan import default_job


def test_a_job_is_read_from_the_runners_body() -> None:
    job = default_job()
    assert read_job(job.model_dump(mode="json")) == job


@pytest.mark.parametrize("body", [None, {}, ""])
def test_without_a_body_five_general_questions_are_asked_and_nothing_is_relayed(body: object) -> None:
    job = read_job(body)
    assert len(job.plan.questions) == 5
    assert job.relay is None


def test_a_malformed_job_is_refused_with_what_is_wrong() -> None:
    job = default_job().model_dump(mode="json")
    job["plan"]["questions"] = []
    job["colour"] = "red"
    with pytest.raises(MalformedJob) as refusal:
        read_job(job)
    assert str(refusal.value) == (
        "The session's body is not a BotJob: "
        "plan.questions: List should have at least 1 item after validation, not 0; "
        "colour: Extra inputs are not permitted"
    )


def test_a_body_that_is_not_an_object_is_refused() -> None:
    with pytest.raises(MalformedJob, match=r"^The session's body is not a BotJob: body: "):
        read_job(["not", "a", "job"])


def test_the_transports_are_the_cloud_the_browser_and_evals() -> None:
    assert sorted(transport_params) == ["daily", "eval", "webrtc"]
    assert BotJob.model_fields["relay"].default is None
