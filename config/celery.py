"""The Celery application: `celery -A config worker`, `celery -A config beat`."""

import os
from typing import Any

import django
from celery import Celery
from celery.signals import beat_init, worker_init
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("vivavoce")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def refuse_breached_wall(**kwargs: Any) -> None:
    """Neither worker nor beat starts with a hole in the wall between tenants. Celery survives any other exception."""
    django.setup()
    from tenants import checks

    try:
        checks.refuse_breached_wall()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error
