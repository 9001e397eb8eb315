"""`python -m bench.survival`: what becomes of answers and bots while everything around them is killed.

The whole product on this machine, and candidates in processes of their own, a few at a time, until 1,000 questions are
answered. Meanwhile candidates are killed in mid-interview and come back by their link; the web server, the runners and
the worker are killed and start again; the model refuses, stalls and hangs up. Afterwards each answer that a candidate
was told is accepted must be in the database, once and in its place; half a minute later no bot may be left that has
nobody to talk to.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg

from bench.persistent_candidate import attend
from config.stack import Stack

QUESTIONS = 5
#: Seconds: between two kills of servers, between two faults of the model, and until a candidate is killed, on average.
SERVER_KILLED, MODEL_FAILS, CANDIDATE_KILLED = 20.0, 2.0, 6.0
#: Seconds after which a candidate who got nowhere is given up.
PATIENCE = 600.0
MODEL_FAULTS: list[dict[str, Any]] = [
    {"kind": "status", "status": 429},
    {"kind": "status", "status": 500},
    {"kind": "stall", "seconds": 4},
    {"kind": "latency", "seconds": 2},
    {"kind": "close"},
]
#: Nobody has to be slow to answer; what is measured is what is kept.
PACING = {"client_lost": 3}

Rows = list[tuple[Any, ...]]


@dataclass
class Held:
    """One invitation, what its candidate wrote down, and how often they were killed."""

    id: str
    url: str
    journal: Path
    kills: int = 0
    gave_up: bool = False

    def lines(self, what: str) -> list[dict[str, str]]:
        if not self.journal.exists():
            return []
        return [line for line in map(json.loads, self.journal.read_text().splitlines()) if what in line]


@dataclass
class Chaos:
    """Breaks things from a thread of its own until the block ends; counts what it broke."""

    stack: Stack
    broken: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def reigning(self) -> Iterator[None]:
        over = threading.Event()
        works = ((self.kill_server, SERVER_KILLED), (self.fail_model, MODEL_FAILS))
        threads = [threading.Thread(target=self._repeat, args=(*work, over)) for work in works]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def _repeat(self, work: Any, mean: float, over: threading.Event) -> None:
        while not over.wait(random.expovariate(1 / mean)):
            work()

    def kill_server(self) -> None:
        child = self.stack.children[random.choice(["web", "worker", "runner-1", "runner-2"])]  # noqa: S311
        child.kill()
        self.broken[child.name] += 1
        child.wait_until_serving()

    def fail_model(self) -> None:
        fault = random.choice(MODEL_FAULTS)  # noqa: S311
        httpx.post(f"{self.stack.sandbox_url}/control/faults", json={"service": "openai", **fault}, trust_env=False)
        self.broken[f"model: {fault['kind']}"] += 1


def invite(stack: Stack, tenant: dict[str, Any], folder: Path, count: int) -> list[Held]:
    headers = {"Authorization": f"Bearer {tenant['api_key']}"}
    with httpx.Client(base_url=f"{stack.base_url}/api/v1/", headers=headers, trust_env=False) as api:
        interview = next(
            one["id"] for one in api.get("interviews").raise_for_status().json()["data"] if one["status"] == "published"
        )
        held = []
        for number in range(count):
            body = {
                "interview": interview,
                "candidate": {"name": f"Kim {number}", "email": f"{uuid4().hex}@mail.example"},
                "notify": False,
            }
            made = api.post("invitations", json=body).raise_for_status().json()
            held.append(Held(made["id"], made["candidate_url"], folder / f"{made['id']}.jsonl"))
        return held


def hold(one: Held, *, kills: bool) -> None:
    """The candidate's life, in as many processes as it takes."""
    context = multiprocessing.get_context("forkserver")
    deadline = time.monotonic() + PATIENCE
    while not one.gave_up:
        process = context.Process(target=attend, args=(one.url, one.journal))
        process.start()
        process.join(random.expovariate(1 / CANDIDATE_KILLED) if kills else PATIENCE)
        if process.exitcode == 0:
            return
        one.kills += process.is_alive()
        process.kill()
        process.join()
        # Some get nowhere if they are killed each time; at last they are let be.
        kills = kills and one.kills < 2 * QUESTIONS
        one.gave_up = time.monotonic() > deadline


def query(stack: Stack, slug: str, sql: str) -> Rows:
    with psycopg.connect(stack.database_url) as connection:
        own = "SELECT set_config('vivavoce.tenant_id', id::text, true) FROM tenants_tenant WHERE slug = %s"
        connection.execute(own, [slug])
        return connection.execute(sql).fetchall()


def judge(stack: Stack, slug: str, held: list[Held]) -> Counter[str]:
    """Of each accepted answer and each typed text: kept, lost, doubled, or in another's place."""
    answers: dict[str, list[tuple[str, str]]] = {}
    for invitation, question, text in query(
        stack, slug, "SELECT invitation_id, question_id, text FROM interviews_answer"
    ):
        answers.setdefault(f"inv_{invitation.hex}", []).append((str(question), text))
    turns = Counter(
        text for (text,) in query(stack, slug, "SELECT text FROM interviews_transcriptturn WHERE role = 'candidate'")
    )
    found: Counter[str] = Counter()
    for one in held:
        mine = answers.get(one.id, [])
        found["interviews not finished"] += one.gave_up
        found["questions answered"] += len({question for question, _ in mine})
        found["answers doubled"] += len(mine) - len({question for question, _ in mine})
        last = {line["question"]: line["accepted"] for line in one.lines("accepted")}
        found["accepted answers"] += len(last)
        found["accepted answers lost"] += sum((question, text) not in mine for question, text in last.items())
        typed = [line["typed"] for line in one.lines("typed")]
        found["texts typed"] += len(typed)
        found["texts doubled in the transcript"] += sum(turns[text] > 1 for text in typed)
        found["texts doubled in answers"] += sum(sum(text in answer for _, answer in mine) > 1 for text in typed)
        found["answers that nobody typed"] += sum(not any(text in answer for text in typed) for _, answer in mine)
    return found


def count_orphans(stack: Stack) -> int:
    """Bots that began in the runners that now run, and have not left."""
    orphans = 0
    for name in ("runner-1", "runner-2"):
        log = stack.children[name].log_path.read_text(errors="replace").rpartition("Started server process")[2]
        orphans += log.count("bot: session ") - log.count("bot: left")
    return orphans


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.survival", description=(__doc__ or "").split("\n\n")[1])
    parser.add_argument("--interviews", type=int, default=1000 // QUESTIONS)
    parser.add_argument("--together", type=int, default=4)
    parser.add_argument("--quiet", action="store_true", help="break nothing")
    arguments = parser.parse_args()
    folder = Path("var/bench/survival") / time.strftime("%H%M%S")
    folder.mkdir(parents=True)
    env = {"BOT_PACING": json.dumps(PACING), "SESSION_LEASE_SECONDS": "12", "DEMO_PASSWORD": "for nobody"}
    multiprocessing.get_context("forkserver").set_forkserver_preload(["bench.persistent_candidate"])
    with Stack(var_dir=folder / "stack", env=env, prepare=("load_demo", "--migrate")) as stack:
        tenant = json.loads(stack.prepared)["tenants"][0]
        held = invite(stack, tenant, folder, arguments.interviews)
        chaos = Chaos(stack)
        began = time.monotonic()
        with ThreadPoolExecutor(arguments.together) as pool:
            if arguments.quiet:
                list(pool.map(lambda one: hold(one, kills=False), held))
            else:
                with chaos.reigning():
                    list(pool.map(lambda one: hold(one, kills=True), held))
        took = time.monotonic() - began
        time.sleep(30)
        found = judge(stack, tenant["slug"], held)
        open_sessions = query(stack, tenant["slug"], "SELECT count(*) FROM interviews_session WHERE status <> 'ended'")
        found["sessions still open"], found["bots left behind"] = open_sessions[0][0], count_orphans(stack)
    killed = Counter({"candidate": sum(one.kills for one in held)}) + chaos.broken
    print(f"{len(held)} interviews in {took:,.0f} s; killed or made to fail: {dict(killed)}")
    print("\n".join(f"{count:>7,} {what}" for what, count in found.items()))


if __name__ == "__main__":
    main()
