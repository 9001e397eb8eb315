"""HTTP and WebSockets on one ASGI server: `uvicorn config.asgi:application`."""

import gc
import os
from concurrent.futures import ThreadPoolExecutor

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
from asgiref.sync import sync_to_async
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import CookieMiddleware
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import get_resolver, path, re_path

django.setup(set_prefix=False)


class OneThreadHandler(ASGIHandler):
    """A request goes to its thread once and stays there.

    Django keeps the views' end of its middleware asynchronous, and middleware here is not: a request then goes to a
    thread, back to the loop, and for each view and each `process_view` to a thread again.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)


http = OneThreadHandler()

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
                re_path(r"^ws/", KnownOrigins(CookieMiddleware(URLRouter(browser_routes)))),
            ]
        ),
    }
)

# All pages now and not at the first request. What is loaded stays: a full collection of garbage that walked through it
# would hold up every request and every socket for a quarter of a second.
get_resolver().url_patterns  # noqa: B018
gc.collect()
gc.freeze()
