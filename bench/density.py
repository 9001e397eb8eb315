"""`python -m bench.density`: whether a full runner keeps the pace of one that has a single candidate.

A runner takes as many sessions as its cap, and those past it queue in Django and never reach it, so a full runner is
the worst that a candidate meets. Each caller answers question after question; a turn is measured as in bench.latency,
from the last of the caller's voice to the first of the bot's. The callers are on the same machine, in a process of
their own; with `--own-core` the runner has one core to itself and everything else the others, as where candidates
call from elsewhere.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from uuid import uuid4

import psutil

from bench.latency import ANSWER, PACING, NoReply, inject, make_plan, percentile, take_turn, wait_until_asked
from botrunner.contract import BotJob, InterviewPlan
from botrunner.rehearsal.caller import RATE, calling
from botrunner.rehearsal.stage import set_up
from botrunner.sandbox.voice import speak_pcm

#: Callers begin this long after one another, in seconds, so that their turns do not fall together.
APART = 0.7
#: How much slower the slowest turns of a full runner may be: FIELD's row 12.
ALLOWED = 1.25


@dataclass(frozen=True)
class Full:
    """What `callers` at once saw, each turn in seconds or None without a reply, and what the runner took for them.

    `cores` are seconds of processor a second, `memory` is bytes resident, both of the whole runner.
    """

    callers: int
    waited: list[float | None]
    cores: float
    memory: int


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
    runner_url: str, runner: psutil.Process, *, callers: tuple[int, ...], turns: int, sandbox_url: str
) -> list[Full]:
    speech = await asyncio.to_thread(speak_pcm, ANSWER, "en+f3", RATE)
    # Fills the voice's cache.
    await talk(runner_url, turns=turns, wait=0, sandbox_url=sandbox_url, speech=speech)
    await inject(sandbox_url)
    found = []
    for count in callers:
        began, used = time.monotonic(), busy_seconds(runner)
        talks = [
            talk(runner_url, turns=turns, wait=APART * number, sandbox_url=sandbox_url, speech=speech)
            for number in range(count)
        ]
        waited = [waited for one in await asyncio.gather(*talks) for waited in one]
        cores = (busy_seconds(runner) - used) / (time.monotonic() - began)
        found.append(Full(count, waited, cores, runner.memory_info().rss))
    return found


def busy_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def describe(found: list[Full]) -> list[str]:
    lines = [
        "| candidates at once | turns | no reply | p50, ms | p95, ms | max, ms | core a bot | MB of the runner |",
        "| ---: " * 8 + "|",
    ]
    p95 = {}
    for full in found:
        answered = [seconds for seconds in full.waited if seconds is not None]
        p95[full.callers] = percentile(answered, 0.95)
        figures = [1000 * median(answered), 1000 * p95[full.callers], 1000 * max(answered)]
        counts = f"{full.callers} | {len(answered)} | {full.waited.count(None)}"
        waits = " | ".join(f"{figure:,.0f}" for figure in figures)
        lines.append(f"| {counts} | {waits} | {full.cores / full.callers:.2f} | {full.memory / 1e6:,.0f} |")
    alone, full = found[0], found[-1]
    ratio = p95[full.callers] / p95[alone.callers]
    kept = "kept" if ratio <= ALLOWED and None not in full.waited else "NOT kept"
    lines.append(f"\np95 with {full.callers} / with {alone.callers} = {ratio:.2f}; at most {ALLOWED} is wanted: {kept}")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.density", description=(__doc__ or "").split("\n\n")[1])
    parser.add_argument("--cap", type=int, default=2, help="candidates at once on a full runner")
    parser.add_argument("--turns", type=int, default=10, help="of each candidate")
    parser.add_argument("--own-core", action="store_true", help="the runner has one core, all else the others")
    arguments = parser.parse_args()
    load = os.getloadavg()[0]
    folder = Path("var/bench/density")
    folder.mkdir(parents=True, exist_ok=True)
    told = {"TTS_CACHE_DIR": str(folder / "tts-cache"), "BOT_PACING": json.dumps(PACING)}
    cores = sorted(os.sched_getaffinity(0))
    if arguments.own_core:
        os.sched_setaffinity(0, cores[1:])  # the sandbox's too, which is started from here
    with set_up(folder=folder, environment=told) as stage:
        runner = psutil.Process(stage.runner_pid)
        if arguments.own_core:
            for thread in runner.threads():
                os.sched_setaffinity(thread.id, cores[:1])
        measured = measure(
            stage.runner_url,
            runner,
            callers=(1, arguments.cap),
            turns=arguments.turns,
            sandbox_url=stage.sandbox_url,
        )
        found = asyncio.run(measured)
    print("\n".join(describe(found)))
    print(f"\nLoad of the machine, 1 min: {load:.1f} before, {os.getloadavg()[0]:.1f} after; {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
