"""The Celery application: `celery -A config worker`, `celery -A config beat`."""

import logging
import os
import threading
from typing import Any

import django
from celery import Celery, bootsteps
from celery.beat import Service
from celery.signals import beat_init, worker_init, worker_shutting_down
from celery.worker import state
from click import Option
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

log = logging.getLogger(__name__)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("vivavoce")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class Beat(threading.Thread):
    """Beat's clock. Where it stops by a fault it ends the worker: whoever watches over that starts both again."""

    def __init__(self, *, schedule_path: str) -> None:
        super().__init__(name="beat", daemon=True)
        # Wakes once a second, so that it can be stopped.
        self.service = Service(app, max_interval=1, schedule_filename=schedule_path)

    def run(self) -> None:
        app.set_current()
        try:
            self.service.start()
        except BaseException:
            log.critical("Beat has stopped, so this worker ends.", exc_info=True)
            state.should_stop = os.EX_SOFTWARE  # type: ignore[assignment] # the stubs know its first value alone

    def stop(self) -> None:
        if self.is_alive():
            self.service.stop(wait=True)


class BeatThread(bootsteps.StartStopStep):
    """`celery worker --beat-thread`: beat inside the one worker of a small machine, which saves an interpreter.

    Unlike the worker's own `--beat` it forks no process, so none is left when the worker is killed.
    """

    def __init__(self, worker: Any, beat_thread: str | None = None, **options: Any) -> None:
        super().__init__(worker, **options)
        self.enabled = beat_thread is not None
        self.schedule_path = beat_thread or ""

    def create(self, worker: Any) -> Any:
        return Beat(schedule_path=self.schedule_path)


app.steps["worker"].add(BeatThread)
app.user_options["worker"].add(
    Option(["--beat-thread"], metavar="FILE", help="run beat in a thread, with its schedule in FILE; for a lone worker")
)


@worker_init.connect
def share_threads(sender: Any, **kwargs: object) -> None:
    """Slow receivers do not take all threads of a worker that does more than wait for them."""
    from interviews.domain import shares

    queues = set(sender.app.amqp.queues.consume_from)
    shares.OUTBOUND.most = shares.share_threads(queues=queues, threads=sender.concurrency)


@worker_shutting_down.connect
def forget_waiting(**kwargs: object) -> None:
    from interviews.domain import shares

    shares.OUTBOUND.forget()


@worker_init.connect
@beat_init.connect
def refuse_breached_wall(**kwargs: Any) -> None:
    """Neither worker nor beat starts with a hole in the wall between tenants. Celery survives any other exception."""
    if not apps.ready:
        django.setup()
    from tenants import checks

    try:
        checks.refuse_breached_wall()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error
