"""`python -m bench.density`: whether a full runner keeps the pace of one that has a single candidate.

A runner takes as many sessions as its cap, and those past it queue in Django and never reach it, so a full runner is
the worst that a candidate meets. Each caller answers question after question; a turn is measured as in bench.latency,
from the last of the caller's voice to the first of the bot's. The callers are on the same machine, in a process of
their own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from pathlib import Path
from statistics import median
from uuid import uuid4

from bench.latency import ANSWER, PACING, NoReply, inject, make_plan, percentile, take_turn, wait_until_asked
from botrunner.contract import BotJob, InterviewPlan
from botrunner.rehearsal.caller import RATE, calling
from botrunner.rehearsal.stage import set_up
from botrunner.sandbox.voice import speak_pcm

#: Callers begin this long after one another, in seconds, so that their turns do not fall together.
APART = 0.7
#: How much slower the slowest turns of a full runner may be: FIELD's row 12.
ALLOWED = 1.25


def plan_of(turns: int) -> InterviewPlan:
    plan = make_plan(turns + 1)  # after the last question comes the summary
    questions = [question.model_copy(update={"max_follow_ups": 0}) for question in plan.questions]
    return plan.model_copy(update={"questions": questions})


async def talk(runner_url: str, *, turns: int, wait: float, sandbox_url: str, speech: bytes) -> list[float | None]:
    """One candidate's turns in seconds; None for one without a reply, after which the call is over."""
    await asyncio.sleep(wait)
    plan = plan_of(turns)
    body = BotJob(session_id=uuid4(), tenant="bench", plan=plan).model_dump(mode="json")
    waited: list[float | None] = []
    async with calling(runner_url, body) as caller:
        try:
            await wait_until_asked(caller, plan.questions[0].text)
            for _ in range(turns):
                waited.append(await take_turn(caller, speech=speech, sandbox_url=sandbox_url))
        except NoReply:
            waited.append(None)
    return waited


async def measure(
    runner_url: str, *, callers: tuple[int, ...], turns: int, sandbox_url: str
) -> dict[int, list[float | None]]:
    speech = await asyncio.to_thread(speak_pcm, ANSWER, "en+f3", RATE)
    # Fills the voice's cache.
    await talk(runner_url, turns=turns, wait=0, sandbox_url=sandbox_url, speech=speech)
    await inject(sandbox_url)
    found = {}
    for count in callers:
        talks = [
            talk(runner_url, turns=turns, wait=APART * number, sandbox_url=sandbox_url, speech=speech)
            for number in range(count)
        ]
        found[count] = [waited for one in await asyncio.gather(*talks) for waited in one]
    return found


def describe(found: dict[int, list[float | None]]) -> list[str]:
    lines = ["| candidates at once | turns | no reply | p50, ms | p95, ms | max, ms |", "| ---: " * 6 + "|"]
    p95 = {}
    for count, waited in found.items():
        answered = [seconds for seconds in waited if seconds is not None]
        p95[count] = percentile(answered, 0.95)
        figures = " | ".join(f"{1000 * figure:,.0f}" for figure in (median(answered), p95[count], max(answered)))
        lines.append(f"| {count} | {len(answered)} | {len(waited) - len(answered)} | {figures} |")
    alone, full = min(found), max(found)
    ratio = p95[full] / p95[alone]
    kept = "kept" if ratio <= ALLOWED and None not in found[full] else "NOT kept"
    lines.append(f"\np95 with {full} / with {alone} = {ratio:.2f}; at most {ALLOWED} is wanted: {kept}")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.density", description=(__doc__ or "").split("\n\n")[1])
    parser.add_argument("--cap", type=int, default=2, help="candidates at once on a full runner")
    parser.add_argument("--turns", type=int, default=10, help="of each candidate")
    arguments = parser.parse_args()
    load = os.getloadavg()[0]
    folder = Path("var/bench/density")
    folder.mkdir(parents=True, exist_ok=True)
    told = {"TTS_CACHE_DIR": str(folder / "tts-cache"), "BOT_PACING": json.dumps(PACING)}
    with set_up(folder=folder, environment=told) as stage:
        measured = measure(
            stage.runner_url, callers=(1, arguments.cap), turns=arguments.turns, sandbox_url=stage.sandbox_url
        )
        found = asyncio.run(measured)
    print("\n".join(describe(found)))
    print(f"\nLoad of the machine, 1 min: {load:.1f} before, {os.getloadavg()[0]:.1f} after; {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
