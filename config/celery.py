"""The Celery application: `celery -A config worker`, `celery -A config beat`."""

import os
from typing import Any

import django
from celery import Celery, bootsteps
from celery.beat import EmbeddedService
from celery.signals import beat_init, worker_init
from click import Option
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("vivavoce")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class BeatThread(bootsteps.StartStopStep):
    """`celery worker --beat-thread`: beat inside the one worker of a small machine, which saves an interpreter.

    Unlike the worker's own `--beat` it forks no process, so none is left when the worker is killed.
    """

    def __init__(self, worker: Any, beat_thread: str | None = None, **options: Any) -> None:
        super().__init__(worker, **options)
        self.enabled = beat_thread is not None
        self.schedule_path = beat_thread

    def create(self, worker: Any) -> Any:
        return EmbeddedService(worker.app, thread=True, schedule_filename=self.schedule_path)


app.steps["worker"].add(BeatThread)
app.user_options["worker"].add(
    Option(["--beat-thread"], metavar="FILE", help="run beat in a thread, with its schedule in FILE; for a lone worker")
)


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
