"""Rehearsing: staff talks to an interview as a candidate would, or a simulated one does, and it counts nowhere.

The simulated candidate is `python -m botrunner.rehearsal`, a process of its own that types its answers to a bot of its
own: it takes no runner's slot from a candidate.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from botrunner.contract import InterviewPlan
from interviews.domain import queue
from interviews.domain.invitations import mint_link
from interviews.domain.plans import check_ready, compile_plan
from interviews.enums import SimulationState
from interviews.models import Candidate, Interview, Invitation, Simulation
from tenants.models import User

WINDOW = timedelta(days=1)
#: RFC 2606: no mail ever arrives there, so a rehearsal can't be mistaken for a person's own application.
DOMAIN = "rehearsal.invalid"


def begin_rehearsal(*, interview: Interview, by: User) -> str:
    """A link to the candidate's page of the interview as it stands, drafts too; good for a day, sent to nobody.

    Raises PlanError when it can't be held yet.
    """
    check_ready(interview=interview)
    with transaction.atomic():
        candidate, _new = Candidate.objects.update_or_create(
            email=f"{by.pk}@{DOMAIN}", defaults={"name": by.name or by.email}
        )
        invitation = Invitation.objects.create(
            interview=interview, candidate=candidate, expires_at=timezone.now() + WINDOW, rehearsal=True
        )
        return mint_link(invitation=invitation)


def plan_rehearsal(*, interview: Interview, language: str = "") -> InterviewPlan:
    """The plan of the interview as it stands, drafts too; nothing is stored. Raises PlanError when it can't be held."""
    candidate = Candidate(tenant=interview.tenant, name="Simulated candidate", locale=language)
    return compile_plan(
        invitation=Invitation(tenant=interview.tenant, interview=interview, candidate=candidate, rehearsal=True)
    )


#: A simulated candidate answers at once, so no interview takes it longer.
TIME_LIMIT = timedelta(minutes=30)
UNDER_WAY = (SimulationState.WAITING, SimulationState.RUNNING)
#: The rehearsal's last lines tell where it keeps its files, which is nobody's business here.
KEPT = "Kept "


class AlreadyRehearsing(Exception):
    """A simulated candidate is at this interview; the message says so."""


def simulate(*, interview: Interview) -> Simulation:
    """Have a simulated candidate hold the interview as it stands, in its first language, once committed.

    Raises PlanError when it can't be held yet, and AlreadyRehearsing.
    """
    check_ready(interview=interview)
    with transaction.atomic():
        Interview.objects.select_for_update().get(pk=interview.pk)
        young = timezone.now() - TIME_LIMIT
        running = Simulation.objects.filter(invitation__interview=interview, state__in=UNDER_WAY, created_at__gt=young)
        if running.exists():
            raise AlreadyRehearsing("A simulated candidate is at this interview already. Wait until it is done.")
        candidate, _new = Candidate.objects.get_or_create(
            email=f"simulated@{DOMAIN}", defaults={"name": "Simulated candidate"}
        )
        invitation = Invitation.objects.create(
            interview=interview, candidate=candidate, expires_at=timezone.now() + WINDOW, rehearsal=True
        )
        plan = compile_plan(invitation=invitation).model_dump(mode="json")
        simulation = Simulation.objects.create(invitation=invitation, plan=plan)
        queue.enqueue("run_simulation", simulation.tenant_id, simulation.pk)
    return simulation


def claim_simulation(*, simulation_id: UUID) -> Simulation | None:
    """Take it for running; None when somebody did before."""
    waiting = Simulation.objects.filter(pk=simulation_id, state=SimulationState.WAITING)
    return Simulation.objects.get(pk=simulation_id) if waiting.update(state=SimulationState.RUNNING) else None


def record_progress(*, simulation_id: UUID, output: str) -> None:
    Simulation.objects.filter(pk=simulation_id).update(output=output)


def record_end(*, simulation_id: UUID, output: str, complete: bool) -> None:
    state = SimulationState.DONE if complete else SimulationState.FAILED
    Simulation.objects.filter(pk=simulation_id).update(output=output, state=state, ended_at=timezone.now())


def run_candidate(*, plan: object, show: Callable[[str], None]) -> tuple[str, bool]:
    """Run the simulated candidate through the plan; its whole output, and whether it came to the end.

    `show` gets the output each time a line is added. No database here, and no tenant's scope.
    """
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        path = Path(folder, "plan.json")
        path.write_text(json.dumps(plan), "utf-8")
        command = [sys.executable, "-m", "botrunner.rehearsal", "--typed", "--plan", str(path), "--into", folder]
        process = subprocess.Popen(  # noqa: S603 - our own module
            command,
            cwd=settings.BASE_DIR,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        watchdog = threading.Timer(TIME_LIMIT.total_seconds(), stop, [process])
        watchdog.start()
        lines: list[str] = []
        try:
            for line in process.stdout or ():
                if not line.startswith(KEPT):
                    lines.append(line.rstrip())
                    show("\n".join(lines))
            return "\n".join(lines), process.wait() == 0
        finally:
            watchdog.cancel()
            stop(process)


def stop(process: "subprocess.Popen[str]") -> None:
    """As Ctrl-C does, upon which it stops its own bot too."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
