"""The bot as scenarios meet it: its job is a short note, and a user line such as `[done]` presses that button.

`pipecat eval suite` starts it as `python -m tests.evals.interview_bot --port ...` with a note as the runner's body. One
runner can also serve many scenarios: a note in the address, `/ws?note={...}`, comes before the body.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from pipecat.evals.serializer import EvalSerializer
from pipecat.evals.transport import EvalTransportParams
from pipecat.frames.frames import Frame, InputTransportMessageFrame
from pipecat.runner.types import WebSocketRunnerArguments
from pipecat.runner.utils import create_transport
from pydantic import BaseModel, ConfigDict

from botrunner.bot import run_bot
from botrunner.clock import Pacing
from botrunner.contract import (
    BotJob,
    Checkpoint,
    ClientMessageType,
    InterviewPlan,
    PlannedQuestion,
    PriorTurn,
    RecordingTarget,
    RelayTarget,
    Role,
)
from botrunner.default_plan import default_plan
from botrunner.services import ProviderSettings

#: Short waits: nobody has to think here.
PACING = Pacing(settle=0.3, goodbye=5, leave=3)

BUTTONS = {f"[{type.value.removeprefix('interview.')}]": type for type in ClientMessageType}
#: Typed for the user line `[long answer]`.
LONG_ANSWER = "I kept the ledgers of a bank in order, day after day. " * 1000


class JobNote(BaseModel):
    """What sets an eval's job apart from the general interview.

    `questions` keeps that many of its questions, each with the fields given. `accepted` and `current` number them
    from 1 and make it a job that resumes, with `elapsed` seconds used and `question_left` left for the question, after
    the candidate was talked over so many times.
    """

    model_config = ConfigDict(extra="forbid")

    language: str = "en"
    candidate_name: str = ""
    questions: list[dict[str, Any]] | None = None
    plan: dict[str, Any] = {}
    accepted: list[int] = []
    current: int | None = None
    question_left: float | None = None
    elapsed: float = 0
    talked_over: int = 0
    pacing: dict[str, float] = {}
    services: dict[str, str] = {}
    relay: RelayTarget | None = None
    recording: RecordingTarget | None = None
    sandbox_url: str = ""

    def make_plan(self) -> InterviewPlan:
        plan = default_plan(self.language)
        questions = plan.questions
        if self.questions is not None:
            asked = zip(plan.questions, self.questions, strict=False)
            questions = [PlannedQuestion.model_validate(question.model_dump() | fields) for question, fields in asked]
        checkpoint = Checkpoint(
            accepted=[UUID(int=number) for number in self.accepted],
            current=UUID(int=self.current) if self.current else None,
            question_left=self.question_left,
            elapsed=self.elapsed,
            transcript=[PriorTurn(role=Role.BOT, text=plan.disclosure)],
            talked_over=self.talked_over,
        )
        return InterviewPlan.model_validate(
            plan.model_dump()
            | {
                "questions": questions,
                "candidate_name": self.candidate_name,
                "checkpoint": checkpoint if self.accepted or self.current else None,
            }
            | self.plan
        )

    def make_job(self) -> BotJob:
        return BotJob(
            session_id=uuid4(),
            tenant="evals",
            plan=self.make_plan(),
            relay=self.relay,
            recording=self.recording,
            services=self.services,
        )

    def read_settings(self) -> ProviderSettings:
        settings = ProviderSettings.from_env()
        return replace(settings, sandbox_url=self.sandbox_url) if self.sandbox_url else settings


class PageSerializer(EvalSerializer):
    """Turns the lines that name a button into what the candidate's page sends for it."""

    async def deserialize(self, data: str | bytes) -> Frame | None:
        frame = await super().deserialize(data)
        if isinstance(frame, InputTransportMessageFrame):
            frame.message = _press(frame.message)
        return frame


def _press(message: dict[str, Any]) -> dict[str, Any]:
    if message.get("type") != "send-text":
        return message
    text = message["data"]["content"]
    if button := BUTTONS.get(text):
        return message | {"type": "client-message", "data": {"t": button.value, "d": None}}
    if text == "[long answer]":
        return message | {"data": message["data"] | {"content": LONG_ANSWER}}
    return message


async def bot(runner_args: WebSocketRunnerArguments) -> None:
    written = runner_args.websocket.query_params.get("note")
    note = JobNote.model_validate_json(written) if written else JobNote.model_validate(runner_args.body or {})
    transport = await create_transport(
        runner_args,
        {
            "eval": lambda: EvalTransportParams(
                audio_in_enabled=True, audio_out_enabled=True, serializer=PageSerializer()
            )
        },
    )
    pacing = replace(PACING, **note.pacing)
    await run_bot(transport, note.make_job(), runner_args, pacing=pacing, settings=note.read_settings())


if __name__ == "__main__":
    from pipecat.runner.run import main

    main()
