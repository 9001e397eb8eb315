"""What docker-compose.yml promises."""

import asyncio
import re
from typing import Any

import pytest
import yaml
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from config.stack import BASE_DIR

COMPOSE = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())
GATEWAY, STRANGER, FORGED = "172.30.57.1", "198.51.100.7", "203.0.113.9"


def address_of(peer: str, forwarded: str) -> str:
    """Whom the web server takes for the client of such a request."""
    trusted = re.sub(r"\$\{[A-Z_]+:-(.*)\}", r"\1", COMPOSE["services"]["web"]["environment"]["FORWARDED_ALLOW_IPS"])
    seen: dict[str, Any] = {}

    async def application(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)

    middleware = ProxyHeadersMiddleware(application, trusted_hosts=trusted)
    headers = [(b"x-forwarded-for", forwarded.encode())]
    scope: Any = {"type": "http", "scheme": "http", "client": (peer, 1), "headers": headers}
    asyncio.run(middleware(scope, None, None))  # type: ignore[arg-type]
    address: str = seen["client"][0]
    return address


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        (GATEWAY, STRANGER, STRANGER),
        (GATEWAY, f"{FORGED}, {STRANGER}", STRANGER),
        (STRANGER, FORGED, STRANGER),
    ],
)
def test_nobody_forges_an_address(peer: str, forwarded: str, address: str) -> None:
    assert address_of(peer, forwarded) == address


def test_the_network_that_is_believed_is_the_one_of_the_published_port() -> None:
    [config] = COMPOSE["networks"]["outside"]["ipam"]["config"]
    assert config["subnet"] in COMPOSE["services"]["web"]["environment"]["FORWARDED_ALLOW_IPS"]
