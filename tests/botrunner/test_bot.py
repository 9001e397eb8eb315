import asyncio

import pytest
from pipecat.frames.frames import InputTransportMessageFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.filters.identity_filter import IdentityFilter
from pipecat.processors.frameworks.rtvi import RTVIProcessor
from pipecat.workers.runner import WorkerRunner

from botrunner.bot import SIGNS_OF_LIFE, MalformedJob, read_job, transport_params
from botrunner.contract import RTVI_LABEL, BotJob, ClientMessageType
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


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    ("type", "data"),
    [
        ("client-message", {"t": ClientMessageType.TYPING, "d": None}),
        ("client-message", {"t": ClientMessageType.REPEAT, "d": None}),
        ("send-text", {"content": "I type.", "options": {}}),
    ],
)
async def test_a_candidate_who_only_types_or_presses_buttons_is_not_idle(type: str, data: dict[str, object]) -> None:
    worker = PipelineWorker(
        Pipeline([IdentityFilter()]),
        idle_timeout_secs=10,
        idle_timeout_frames=SIGNS_OF_LIFE,
        rtvi_processor=RTVIProcessor(),
    )
    idle = asyncio.Event()

    @worker.event_handler("on_idle_timeout")
    async def on_idle_timeout(worker: PipelineWorker) -> None:
        idle.set()

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    for _ in range(10):
        await asyncio.sleep(4)
        message = {"label": RTVI_LABEL, "type": type, "id": "1", "data": data}
        await worker.queue_frame(InputTransportMessageFrame(message=message))
        assert not idle.is_set()
    await idle.wait()
    await running
