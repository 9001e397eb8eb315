"""A short rehearsal over real WebRTC, from the command to the files: spoken, with a follow-up, and typed."""

from __future__ import annotations

import json
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from botrunner.contract import InterviewPlan
from botrunner.default_plan import default_plan
from botrunner.rehearsal.__main__ import rehearse
from botrunner.rehearsal.caller import RATE
from botrunner.rehearsal.conversation import Conversation
from botrunner.rehearsal.stage import Stage, set_up

FIRST, SECOND = (
    question.model_copy(update={"text": text})
    for question, text in zip(default_plan().questions, ("Who are you?", "What else?"), strict=False)
)
#: Short, for it is spoken.
PLAN = default_plan().model_copy(
    update={
        "title": "A short one",
        "intro": "Hello.",
        "disclosure": "I am an AI.",
        "outro": "Goodbye.",
        "questions": [FIRST, SECOND],
    }
)
ANSWERS = [
    "I am Kim.",
    "I have been an engineer at a payments company for nine years now.",
    "I am patient, and I searched for three days for a single cent.",
]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("stage")
    pacing = json.dumps({"thinking_pause": 1.0})
    with set_up(
        folder=folder, environment={"TTS_CACHE_DIR": str(folder / "tts-cache"), "BOT_PACING": pacing}
    ) as running:
        yield running


async def hold(
    stage: Stage, folder: Path, *, answers: list[str], typed: bool, plan: InterviewPlan = PLAN
) -> tuple[Conversation, list[str]]:
    shown: list[str] = []
    conversation = await rehearse(
        stage, plan=plan, answers=answers, typed=typed, folder=folder, show=lambda line: shown.append(line[6:].strip())
    )
    return conversation, shown


def candidates_words(kept: dict[str, Any]) -> list[str]:
    return [turn["text"] for turn in kept["turns"] if turn["role"] == "candidate"]


async def test_a_spoken_rehearsal_is_heard_from_both_sides(stage: Stage, tmp_path: Path) -> None:
    conversation, shown = await hold(stage, tmp_path, answers=ANSWERS, typed=False)
    assert conversation.complete
    kept = json.loads((tmp_path / "transcript.json").read_text())
    assert candidates_words(kept) == ANSWERS
    assert [(answer["text"], answer["follow_ups"]) for answer in kept["answers"]] == [
        (f"{ANSWERS[0]} {ANSWERS[1]}", 1),
        (ANSWERS[2], 0),
    ]
    spoken = [turn["text"] for turn in kept["turns"] if turn["role"] == "bot"]
    assert [question.text for question in PLAN.questions if question.text in spoken] == [
        question.text for question in PLAN.questions
    ]
    text = (tmp_path / "transcript.txt").read_text()
    assert [answer for answer in ANSWERS if f"Candidate: {answer}" in text] == ANSWERS
    assert [line for line in shown if line.startswith("---")] == [
        "--- question 1 of 2",
        "--- follow-up 1",
        "--- question 2 of 2",
    ]
    with wave.open(str(tmp_path / "conversation.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, RATE)
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16).reshape(-1, 2)
    voiced = [count_voiced_seconds(samples[:, channel]) for channel in (0, 1)]
    assert [seconds > 3 for seconds in voiced] == [True, True]


async def test_a_typed_rehearsal_hears_the_bot_alone(stage: Stage, tmp_path: Path) -> None:
    wordy = PLAN.model_copy(update={"questions": [FIRST, SECOND.model_copy(update={"min_words": 20})]})
    answers = [*ANSWERS[1:], "That is all."]
    conversation, _shown = await hold(stage, tmp_path, answers=answers, typed=True, plan=wordy)
    assert conversation.complete
    kept = json.loads((tmp_path / "transcript.json").read_text())
    assert candidates_words(kept) == answers
    assert {answer["modality"] for answer in kept["answers"]} == {"text"}
    with wave.open(str(tmp_path / "conversation.wav")) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16).reshape(-1, 2)
    assert (count_voiced_seconds(samples[:, 0]), count_voiced_seconds(samples[:, 1]) > 3) == (0.0, True)


def count_voiced_seconds(side: np.ndarray[Any, np.dtype[np.int16]]) -> float:
    frames = side[: side.size // 480 * 480].reshape(-1, 480).astype(np.float64)
    return float((np.sqrt((frames**2).mean(axis=1)) > 200).sum()) * 0.02
