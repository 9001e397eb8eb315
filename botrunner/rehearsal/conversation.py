"""What is kept of a rehearsal: a WAV with one voice on each side, and the transcript as text and JSON."""

from __future__ import annotations

import json
import wave
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from botrunner.contract import InterviewPlan, Role
from botrunner.rehearsal.caller import RATE, Caller, Message
from botrunner.rehearsal.candidate import events_of


@dataclass(frozen=True)
class Conversation:
    """The interview as the candidate's side got it. `replies` are the bot's own measurements, in seconds."""

    plan: InterviewPlan
    turns: list[Message] = field(default_factory=list)
    answers: list[Message] = field(default_factory=list)
    replies: list[float] = field(default_factory=list)
    summary: str = ""
    ended: str = ""

    @property
    def complete(self) -> bool:
        return self.ended == "all_answered"

    @property
    def seconds(self) -> float:
        """From the first word to the last."""
        if not self.turns:
            return 0.0
        first, last = self.turns[0]["started_at"], self.turns[-1]["ended_at"]
        return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()


def read_conversation(messages: Sequence[Message], plan: InterviewPlan) -> Conversation:
    events = events_of(messages)

    def told(type: str) -> list[Message]:
        return [event for event in events if event["type"] == type]

    summaries, ends = told("summary.ready"), told("interview.completed")
    return Conversation(
        plan=plan,
        turns=sorted(told("turn.added"), key=lambda turn: turn["started_at"]),
        answers=told("answer.accepted"),
        replies=[latency["seconds"] for latency in told("turn.latency")],
        summary=summaries[-1]["text"] if summaries else "",
        ended=ends[-1]["reason"] if ends else "",
    )


def name_of(turn: Message, plan: InterviewPlan) -> str:
    return "Interviewer" if turn["role"] == Role.BOT else plan.candidate_name or "Candidate"


def write_transcript(conversation: Conversation, folder: Path) -> tuple[Path, Path]:
    """`transcript.txt` for people and `transcript.json` for programs."""
    plan = conversation.plan
    lines = [plan.title, "=" * len(plan.title), ""]
    for turn in conversation.turns:
        at = datetime.fromisoformat(turn["started_at"]).strftime("%H:%M:%S")
        marks = "".join(
            f" ({mark})"
            for mark, given in (("typed", turn["modality"] == "text"), ("cut", turn["interrupted"]))
            if given
        )
        lines += [f"{at}  {name_of(turn, plan)}{marks}: {turn['text']}", ""]
    if conversation.summary:
        lines += ["Summary", "-------", conversation.summary, ""]
    text = folder / "transcript.txt"
    text.write_text("\n".join(lines), "utf-8")
    kept: dict[str, Any] = {
        "title": plan.title,
        "language": plan.language,
        "ended": conversation.ended,
        "turns": conversation.turns,
        "answers": conversation.answers,
        "reply_seconds": conversation.replies,
        "summary": conversation.summary,
    }
    whole = folder / "transcript.json"
    whole.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return text, whole


def write_recording(caller: Caller, folder: Path) -> Path:
    """`conversation.wav`: 16-bit stereo, the candidate left and the bot right."""
    sides = [np.frombuffer(bytes(side), np.int16) for side in (caller.microphone.sent, caller.ear.heard)]
    both = np.zeros((max(side.size for side in sides), 2), np.int16)
    for channel, side in enumerate(sides):
        both[: side.size, channel] = side
    path = folder / "conversation.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(both.tobytes())
    return path


def describe(conversation: Conversation) -> list[str]:
    """The report's lines."""
    plan, answers = conversation.plan, conversation.answers
    follow_ups = sum(answer["follow_ups"] for answer in answers)
    minutes, seconds = divmod(round(conversation.seconds), 60)
    lines = [
        f"Ended      {(conversation.ended or 'early').replace('_', ' ')}, after {minutes} min {seconds} s",
        f"Answers    {len(answers)} of {len(plan.questions)}; follow-ups: {follow_ups}",
    ]
    if conversation.replies:
        replies = sorted(conversation.replies)
        lines.append(
            f"Replies    {len(replies)}, median {median(replies):.2f} s after the answer, slowest {replies[-1]:.2f} s"
        )
    if conversation.summary:
        lines += ["Summary    " + conversation.summary.replace("\n", "\n           ")]
    return lines
