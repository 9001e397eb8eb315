"""`python -m botrunner.rehearsal`: rehearse an interview, and say in the terminal how it goes."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import textwrap
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from pydantic import ValidationError

from botrunner.contract import BotJob, InterviewPlan
from botrunner.default_plan import default_plan
from botrunner.rehearsal.answers import PERSONAS, NoAnswers, answers_of, read_answers
from botrunner.rehearsal.caller import CallFailed, Message, calling
from botrunner.rehearsal.candidate import BotSilent, Candidate
from botrunner.rehearsal.conversation import (
    Conversation,
    describe,
    name_of,
    read_conversation,
    write_recording,
    write_transcript,
)
from botrunner.rehearsal.stage import Stage, StageFailed, set_up

WIDTH = 100
MARGIN = 20


class UnreadablePlan(ValueError):
    """The plan's file is no InterviewPlan; the message says what is wrong with it."""


def read_plan(path: Path) -> InterviewPlan:
    """Raises UnreadablePlan."""
    try:
        return InterviewPlan.model_validate_json(path.read_text("utf-8"))
    except OSError as error:
        raise UnreadablePlan(f"{path} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
        raise UnreadablePlan(f"{path} is not an interview plan. {problems}") from None


async def rehearse(
    stage: Stage,
    *,
    plan: InterviewPlan,
    answers: Sequence[str],
    typed: bool,
    folder: Path,
    show: Callable[[str], None],
) -> Conversation:
    """Hold the interview and keep it in `folder`. What was said until then is kept when it breaks, too.

    Raises CallFailed and BotSilent.
    """
    began = time.monotonic()

    def report(message: Message) -> None:
        line = notice(message, plan)
        if line is None:
            return
        who, what = line
        minutes, seconds = divmod(int(time.monotonic() - began), 60)
        label = f"{minutes:02}:{seconds:02}  {who}"
        show(textwrap.fill(f"{label:{MARGIN}} {what}", WIDTH, subsequent_indent=" " * (MARGIN + 1)))

    job = BotJob(session_id=uuid4(), tenant="rehearsal", plan=plan)
    sandbox_url = "" if os.environ.get("DEEPGRAM_API_KEY") else stage.sandbox_url
    async with calling(stage.runner_url, job.model_dump(mode="json"), on_message=report) as caller:
        candidate = Candidate(caller, answers=answers, language=plan.language, sandbox_url=sandbox_url, typed=typed)
        try:
            await candidate.attend()
        finally:
            conversation = read_conversation(caller.messages, plan)
            write_transcript(conversation, folder)
            await asyncio.to_thread(write_recording, caller, folder)
    return conversation


def notice(message: Message, plan: InterviewPlan) -> tuple[str, str] | None:
    """Who and what a message tells of in the terminal, where it is worth a line."""
    event = message.get("data") or {}
    if message["type"] == "error":
        return "!", str(event.get("error", event))
    match event.get("type") if message["type"] == "server-message" else None:
        case "question.started":
            return "", f"--- question {event['index']} of {event['count']}"
        case "follow_up.asked":
            return "", f"--- follow-up {event['number']}"
        case "turn.added":
            return name_of(event, plan), event["text"]
        case "answer.accepted" if event["reason"] != "complete":
            return "", f"--- answer accepted: {event['reason'].replace('_', ' ')}"
        case (
            "typing.offered"
            | "wait.offered"
            | "time.warning"
            | "interview.troubled"
            | "voice.unavailable"
            | "interview.paused"
        ):
            return "", f"--- {event['type'].replace('.', ' ')}"
    return None


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    names = sorted({name for personas in PERSONAS.values() for name in personas})
    parser = argparse.ArgumentParser(
        prog="make rehearse ARGS='...'", description="Play a simulated candidate through an interview."
    )
    parser.add_argument("--plan", type=Path, help="an InterviewPlan as JSON; the general interview without it")
    parser.add_argument("--language", default="en", help="of the general interview: en, es, fr, de, pt, hi")
    parser.add_argument("--persona", default="thorough", help=f"who answers: {', '.join(names)}")
    parser.add_argument("--answers", type=Path, help="what to answer, in order: paragraphs, or a JSON list")
    parser.add_argument("--typed", action="store_true", help="type the answers instead of speaking")
    parser.add_argument("--runner", default="", help="URL of a runner that is there already")
    parser.add_argument("--sandbox", default=os.environ.get("SANDBOX_URL", ""), help="URL of its sandbox")
    parser.add_argument("--into", type=Path, default=Path("var/rehearsals"), help="where to keep the conversation")
    return parser.parse_args(arguments)


def main() -> int:
    arguments = read_arguments()
    try:
        plan = read_plan(arguments.plan) if arguments.plan else default_plan(arguments.language)
        answers = read_answers(arguments.answers) if arguments.answers else answers_of(arguments.persona, plan.language)
        folder = arguments.into / datetime.now().strftime("%Y-%m-%d-%H%M%S")
        folder.mkdir(parents=True)
        print(f"Rehearsing “{plan.title}”: {len(plan.questions)} questions in {plan.language}, ", end="")
        print("answered in writing." if arguments.typed else "answered aloud.")
        print("Starting; loading the models takes a few seconds.", flush=True)
        with set_up(folder=folder, runner_url=arguments.runner.rstrip("/"), sandbox_url=arguments.sandbox) as stage:
            conversation = asyncio.run(
                rehearse(stage, plan=plan, answers=answers, typed=arguments.typed, folder=folder, show=say)
            )
    except KeyboardInterrupt:
        print("\nStopped.")
        return 130
    except (UnreadablePlan, NoAnswers, StageFailed, CallFailed, BotSilent) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    print("\n" + "\n".join(describe(conversation)))
    print(f"Kept       {folder}/conversation.wav, transcript.txt, transcript.json")
    return 0 if conversation.complete else 1


def say(line: str) -> None:
    print(line.rstrip(), flush=True)


if __name__ == "__main__":
    sys.exit(main())
