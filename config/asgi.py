"""HTTP and WebSockets on one ASGI server: `uvicorn config.asgi:application`."""

import gc
import os
from concurrent.futures import ThreadPoolExecutor

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import get_resolver, path, re_path

http = get_asgi_application()

from interviews.api.bodies import BoundedBodies  # noqa: E402 - needs the apps to be loaded
from interviews.live.relay import RelayConsumer  # noqa: E402
from interviews.live.routing import browser_routes  # noqa: E402
from tenants.checks import refuse_breached_wall  # noqa: E402
from tenants.hosts import KnownOrigins  # noqa: E402

# In a thread, because the server imports this inside its event loop, where Django forbids queries.
with ThreadPoolExecutor(max_workers=1) as starter:
    starter.submit(refuse_breached_wall).result()

application = ProtocolTypeRouter(
    {
        "http": BoundedBodies(http),
        "websocket": URLRouter(
            [
                # Bots are no browsers: they send no Origin, and their token is their credential.
                path("bot/v1/relay", RelayConsumer.as_asgi()),
                re_path(r"^ws/", KnownOrigins(AuthMiddlewareStack(URLRouter(browser_routes)))),
            ]
        ),
    }
)

# All pages now and not at the first request. What is loaded stays: a full collection of garbage that walked through it
# would hold up every request and every socket for a quarter of a second.
get_resolver().url_patterns  # noqa: B018
gc.collect()
gc.freeze()
