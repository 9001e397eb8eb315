"""An interview as its bot reports it, from the first question to the end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from botrunner.contract import (
    AnswerAccepted,
    CompletionReason,
    InterviewCompleted,
    InterviewPlan,
    InterviewStarted,
    Modality,
    QuestionStarted,
    RelayFrame,
    Role,
    SummaryReady,
    TurnAdded,
    TurnLatency,
    rtvi_server_message,
)

#: Words a second, of bot and candidate alike.
PACE = 2


def tell_interview(
    plan: InterviewPlan, answers: Iterable[str], *, begun: datetime, summary: SummaryReady
) -> list[RelayFrame]:
    """Each question is read out and answered at once; all questions are answered, and then summed up."""
    clock = begun
    frames: list[RelayFrame] = []

    def tell(event: Any) -> None:
        message = event if isinstance(event, dict) else rtvi_server_message(event)
        frames.append(RelayFrame(seq=len(frames) + 1, at=clock, message=message))

    def notify(type: str, **data: Any) -> None:
        tell({"label": "rtvi-ai", "type": type, "data": data})

    def speak(text: str) -> dict[str, datetime]:
        nonlocal clock
        started, clock = clock, clock + timedelta(seconds=len(text.split()) / PACE)
        return {"started_at": started, "ended_at": clock}

    def add_turn(role: Role, text: str, question: UUID, times: dict[str, datetime]) -> None:
        tell(TurnAdded(role=role, text=text, question_id=question, **times))

    count = len(plan.questions)
    tell(InterviewStarted(question_count=count, total_limit=plan.total_limit))
    for index, (question, answer) in enumerate(zip(plan.questions, answers, strict=True), start=1):
        tell(
            QuestionStarted(
                question_id=question.id, index=index, count=count, text=question.text, time_limit=question.time_limit
            )
        )
        add_turn(Role.BOT, question.text, question.id, speak(question.text))
        times = speak(answer)
        notify("user-transcription", text=answer, final=True, user_id="c", timestamp=clock.isoformat())
        notify(
            "metrics",
            ttfb=[{"processor": "AzureLLMService#0", "value": 0.31}],
            tokens=[{"prompt_tokens": 600 + 90 * index, "completion_tokens": 12}],
            characters=[{"value": len(question.text)}],
        )
        add_turn(Role.CANDIDATE, answer, question.id, times)
        tell(TurnLatency(seconds=0.4 + index / 50, parts={"llm": 0.2}))
        tell(AnswerAccepted(question_id=question.id, text=answer, modality=Modality.VOICE, reason="complete", **times))
    tell(summary)
    tell(InterviewCompleted(reason=CompletionReason.ALL_ANSWERED))
    return frames
