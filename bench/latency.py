"""`python -m bench.latency`: how long a candidate waits, beside Pipecat's plain voice example in the same run.

Everything is waveform to waveform at the caller, who is on the same machine: from the last 20 ms with the
candidate's voice going out to the first 20 ms with the bot's voice coming in, through real WebRTC both ways.
Both bots speak to one sandbox with the same delays injected, hear the same answer, and take turns.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import time
from collections import defaultdict
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

from botrunner.contract import BotJob, InterviewPlan, Persona, PlannedQuestion
from botrunner.rehearsal.caller import RATE, Caller, calling
from botrunner.rehearsal.candidate import events_of, tell
from botrunner.rehearsal.stage import set_up
from botrunner.sandbox.voice import speak_pcm

#: Seconds, by sandbox service.
DELAYS = {"deepgram": 0.150, "openai": 0.350, "tts": 0.300}
#: Words that smart turn takes for finished when eSpeak says them; unfinished ones are waited on for seconds.
ANSWER = "I have led a team of four engineers."
OPENING = "Welcome to this talk, which is a long one, so that there is something to interrupt before it is over."
SILENCE = 0.8
#: Silence after which Silero takes a voice for stopped.
VAD_STOP = 0.2
TURN_LIMIT = 20.0
PACING = {"reprompt_after": 600, "offer_typing_after": 700, "pause_after": 800}

Samples = dict[str, list[float]]


class NoReply(RuntimeError):
    """A bot did not answer within TURN_LIMIT."""


def make_plan(questions: int) -> InterviewPlan:
    asked = [
        PlannedQuestion(
            id=UUID(int=number), text=f"What is your answer to question {number}?", max_follow_ups=1, time_limit=600
        )
        for number in range(1, questions + 1)
    ]
    return InterviewPlan(
        title="Benchmark",
        persona=Persona(company="Vivavoce"),
        intro=OPENING,
        disclosure="I am an AI.",
        outro="Goodbye.",
        questions=asked,
        total_limit=4 * 3600,
    )


async def wait_until_silent(caller: Caller, *, since: float) -> None:
    """Wait until the bot has been heard after `since` and then been silent for SILENCE. Raises NoReply."""
    deadline = since + TURN_LIMIT
    while time.monotonic() < deadline:
        if caller.ear.first_voiced_since(since) and time.monotonic() - caller.ear.voiced[-1] > SILENCE:
            return
        await asyncio.sleep(0.02)
    raise NoReply(f"No reply within {TURN_LIMIT:.0f} s")


async def wait_until_asked(caller: Caller, question: str) -> None:
    """Wait until the interview's question was spoken to its end. Raises NoReply."""

    def is_asked() -> bool:
        return any(turn["type"] == "turn.added" and question in turn["text"] for turn in events_of(caller.messages))

    if not await caller.wait_for(is_asked, within=2 * TURN_LIMIT):
        raise NoReply("The first question was not asked")


async def take_turn(caller: Caller, *, speech: bytes, sandbox_url: str) -> float:
    """Answer, wait for the reply to end, and return the seconds to its first sound. Raises NoReply."""
    await tell(sandbox_url, "heard", {"utterances": [ANSWER]})
    caller.microphone.speak(speech)
    await caller.microphone.wait_until_said()
    spoken = caller.microphone.voiced[-1]
    await wait_until_silent(caller, since=spoken)
    heard = caller.ear.first_voiced_since(spoken)
    assert heard is not None  # noqa: S101 - wait_until_silent has seen it
    return heard - spoken


async def interrupt(caller: Caller, *, speech: bytes, sandbox_url: str) -> float:
    """Talk over the opening; returns the seconds from the voice's onset to the bot's last sound, stale too."""
    await tell(sandbox_url, "heard", {"utterances": [ANSWER]})
    said = len(caller.microphone.voiced)
    caller.microphone.speak(speech)
    await asyncio.sleep(1.2)
    caller.microphone.hush()
    onset = caller.microphone.voiced[said]
    last = max(heard for heard in caller.ear.voiced if heard < onset + 1.0)
    return last - onset


async def measure_calls(
    runners: dict[str, str], calls: int, *, sandbox_url: str, speech: bytes, found: Samples
) -> None:
    """Press start, hear the first sound, interrupt the opening, hang up; the bots take turns."""
    body = BotJob(session_id=uuid4(), tenant="bench", plan=make_plan(1)).model_dump(mode="json")
    for _ in range(calls):
        for name, runner_url in runners.items():
            if name == "plain":
                await tell(sandbox_url, "llm", {"replies": [{"text": OPENING}]})
            async with calling(runner_url, body) as caller:
                await asyncio.sleep(4)
                if not caller.ear.voiced:
                    raise NoReply(f"The {name} bot did not begin")
                found[f"{name}: press start to first sound"].append(caller.ear.voiced[0] - caller.pressed_at)
                stopped = await interrupt(caller, speech=speech, sandbox_url=sandbox_url)
                found[f"{name}: barge-in to silence"].append(stopped)
            await asyncio.sleep(1.5)
            await tell(sandbox_url, "reset", {})
            await inject(sandbox_url)


async def measure_turns(
    runners: dict[str, str], turns: int, *, sandbox_url: str, speech: bytes, found: Samples
) -> None:
    """Each round: a follow-up and a next question of Vivavoce, a reply of the plain bot with the follow-up's words."""
    plan = make_plan(turns + 1)  # after the last question comes the summary
    body = BotJob(session_id=uuid4(), tenant="bench", plan=plan).model_dump(mode="json")
    await tell(sandbox_url, "llm", {"replies": [{"text": "Hello."}]})
    async with calling(runners["plain"], body) as plain, calling(runners["vivavoce"], body) as vivavoce:
        await wait_until_silent(plain, since=plain.pressed_at)
        await wait_until_asked(vivavoce, plan.questions[0].text)
        for number in range(turns):
            words = f"Could you tell me more about part {number + 1} of that, and what you did?"
            reply = {"tool": "ask_follow_up", "arguments": {"question": words}}
            for name, caller, replies in (
                ("vivavoce: follow-up", vivavoce, [reply]),
                ("plain: reply", plain, [{"text": words.replace("that", "it")}]),
                ("vivavoce: next question", vivavoce, []),
            ):
                if replies:
                    await tell(sandbox_url, "llm", {"replies": replies})
                try:
                    found[name].append(await take_turn(caller, speech=speech, sandbox_url=sandbox_url))
                except NoReply as error:
                    print(f"{name}, turn {number + 1}: {error}")
        for event in events_of(vivavoce.messages):
            for part, seconds in event.get("parts", {}).items():
                found[f"vivavoce, inside the bot: {part}"].append(seconds)


async def inject(sandbox_url: str) -> None:
    for service, seconds in DELAYS.items():
        await tell(sandbox_url, "faults", {"service": service, "kind": "latency", "seconds": seconds, "count": None})


def percentile(seconds: list[float], share: float) -> float:
    """The nearest rank's."""
    return sorted(seconds)[math.ceil(share * len(seconds)) - 1]


def describe(found: Samples) -> list[str]:
    lines = ["| waveform to waveform, ms | n | p50 | p95 | max |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, seconds in sorted(found.items()):
        figures = (median(seconds), percentile(seconds, 0.95), max(seconds))
        lines.append(f"| {name} | {len(seconds)} | " + " | ".join(f"{1000 * figure:.0f}" for figure in figures) + " |")
    return [*lines, "", *describe_promises(found)]


def describe_promises(found: Samples) -> list[str]:
    """What was promised, what was seen, and whether it holds. Nothing about what was not measured."""
    lines = ["| promise | seen | |", "| --- | ---: | --- |"]

    def add(promise: str, seen: float, limit: float, *, unit: str = "ms") -> None:
        shown = f"{seen:.2f}" if unit == "" else f"{1000 * seen:.0f} {unit}"
        lines.append(f"| {promise} | {shown} | {'holds' if seen <= limit else 'does not hold'} |")

    plain, reply = found.get("plain: reply"), found.get("vivavoce: follow-up")
    if reply:
        # Its acknowledgement sounds first and waits for no voice; the stricter reading takes off what is waited for.
        for reading, taken_off in (
            ("less all that is injected", sum(DELAYS.values())),
            ("less what it waits for", sum(DELAYS.values()) - DELAYS["tts"]),
        ):
            overhead = [seconds - taken_off - VAD_STOP for seconds in reply]
            add(f"overhead of a generated reply, {reading}, p50 <= 200 ms", median(overhead), 0.2)
            add(f"overhead of a generated reply, {reading}, p95 <= 300 ms", percentile(overhead, 0.95), 0.3)
            if plain:
                beside = median(overhead) / (median(plain) - sum(DELAYS.values()) - VAD_STOP)
                add(f"overhead of a generated reply, {reading}, <= 0.7 of the plain bot's", beside, 0.7, unit="")
    if following := found.get("vivavoce: next question"):
        add("next question, p50 <= 550 ms", median(following), 0.55)
        if plain:
            add("next question, <= 0.45 of the plain bot's turn", median(following) / median(plain), 0.45, unit="")
    if stopped := found.get("vivavoce: barge-in to silence"):
        add("barge-in to silence, p50 <= 320 ms", median(stopped), 0.32)
        add("barge-in to silence, p95 <= 450 ms", percentile(stopped, 0.95), 0.45)
    if started := found.get("vivavoce: press start to first sound"):
        add("press start to first sound, p95 <= 1,500 ms", percentile(started, 0.95), 1.5)
    return lines


async def measure(runners: dict[str, str], *, sandbox_url: str, turns: int, calls: int) -> Samples:
    found: Samples = defaultdict(list)
    speech = await asyncio.to_thread(speak_pcm, ANSWER, "en+f3", RATE)
    warm_up: Samples = defaultdict(list)
    # The voice's cache is filled, as it is in a service that has been up for a day.
    body = BotJob(session_id=uuid4(), tenant="bench", plan=make_plan(turns + 1)).model_dump(mode="json")
    async with calling(runners["vivavoce"], body) as caller:
        await wait_until_asked(caller, make_plan(turns + 1).questions[0].text)
        await asyncio.sleep(10)
    await inject(sandbox_url)
    await measure_calls(runners, min(1, calls), sandbox_url=sandbox_url, speech=speech, found=warm_up)
    await measure_turns(runners, turns, sandbox_url=sandbox_url, speech=speech, found=found)
    await measure_calls(runners, calls, sandbox_url=sandbox_url, speech=speech, found=found)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.latency", description=(__doc__ or "").split("\n\n")[1])
    parser.add_argument("--turns", type=int, default=15, help="of each kind")
    parser.add_argument("--calls", type=int, default=10, help="to measure starts and interruptions with")
    arguments = parser.parse_args()
    load = os.getloadavg()[0]
    folder, plain_folder = Path("var/bench/vivavoce"), Path("var/bench/plain")
    for logs in (folder, plain_folder):
        logs.mkdir(parents=True, exist_ok=True)
    told = {"TTS_CACHE_DIR": str(folder / "tts-cache"), "BOT_PACING": json.dumps(PACING)}
    with (
        set_up(folder=folder, environment=told) as ours,
        set_up(folder=plain_folder, sandbox_url=ours.sandbox_url, module="bench.plain_bot") as plain,
    ):
        runners = {"vivavoce": ours.runner_url, "plain": plain.runner_url}
        found = asyncio.run(
            measure(runners, sandbox_url=ours.sandbox_url, turns=arguments.turns, calls=arguments.calls)
        )
    print("\n".join(describe(found)))
    print(f"\nLoad of the machine, 1 min: {load:.1f} before, {os.getloadavg()[0]:.1f} after; {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
