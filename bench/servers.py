"""Real Postgres, Valkey and web server for the benchmarks that need Django.

    with django_servers(folder) as servers:
        from bench.company import fill          # models can be imported from here on
        with web_server(folder, servers) as base_url:
            ...

The data under the folder stay, so a second run does not fill it again.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command

from config.embedded import EmbeddedServers, embedded_servers
from config.stack import BASE_DIR, HOST, free_ports
from config.supervisor import Service, Supervisor


@contextmanager
def django_servers(folder: Path) -> Iterator[EmbeddedServers]:
    """Both servers, and Django set up in this process to use them; once a process."""
    with embedded_servers(folder / "embedded") as servers:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DEBUG": "true",
            "SECRET_KEY": "of the benchmarks",
            "DATABASE_URL": servers.database_url,
            "REDIS_URL": servers.redis_url,
            "EMAIL_URL": "dummymail://",
            "LOG_LEVEL": "WARNING",
            "BOT_SESSIONS_PER_RUNNER": "500",
            "MEDIA_ROOT": str(folder / "media"),
        }
        django.setup()
        from django.conf import settings

        # The settings that need no collected files; without the list of all queries that DEBUG keeps.
        settings.DEBUG = False
        call_command("migrate", verbosity=0)
        # So that no pause of this process counts as one of the server's.
        gc.collect()
        gc.freeze()
        yield servers


@contextmanager
def web_server(folder: Path, servers: EmbeddedServers, **environment: str) -> Iterator[str]:
    """One web server as the image starts it; yields its base URL."""
    (port,) = free_ports(0, 1)
    argv = (sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", HOST, "--port", str(port))
    env = os.environ | {
        "DEBUG": "false",
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "BASE_URL": f"http://{HOST}:{port}",
        "EMAIL_URL": "dummymail://",
        "NO_PROXY": HOST,
    }
    supervisor = Supervisor(log_dir=folder / "log", restart=False)
    service = Service(
        name="web",
        argv=(*argv, "--no-access-log", "--lifespan", "off", "--ws-per-message-deflate", "false"),
        env=env | environment,
        cwd=BASE_DIR,
        health_url=f"http://{HOST}:{port}/health",
    )
    try:
        supervisor.start(service).wait_until_serving()
        yield f"http://{HOST}:{port}"
    finally:
        supervisor.stop()
