"""How much a key may ask for. Source of the headers: draft-ietf-httpapi-ratelimit-headers."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from interviews.api.authentication import key_of
from tenants.models import ApiKey

log = logging.getLogger(__name__)


@cache
def limiter(url: str) -> SlidingWindowCounterRateLimiter:
    return SlidingWindowCounterRateLimiter(storage_from_string(url, key_prefix="vivavoce-limits"))


@cache
def policy(text: str) -> RateLimitItem:
    return parse(text)


@dataclass(frozen=True)
class Allowance:
    """Whether a request is allowed, the headers that say where the key stands, and seconds until it has more."""

    allowed: bool
    headers: dict[str, str]
    seconds: int


def count_request(key: ApiKey) -> Allowance:
    """Count a request of the key. Without Redis all pass."""
    item, name = policy(settings.API_RATE_LIMIT), str(key.pk)
    try:
        counter = limiter(settings.REDIS_URL)
        allowed = counter.hit(item, name)
        window = counter.get_window_stats(item, name)
    except RedisError as error:
        log.warning("rate limits are off: %s", error)
        return Allowance(allowed=True, headers={}, seconds=1)
    seconds = max(1, round(window.reset_time - time.time()))
    headers = {
        "RateLimit-Policy": f'"key";q={item.amount};w={item.get_expiry()}',
        "RateLimit": f'"key";r={window.remaining};t={seconds}',
    }
    return Allowance(allowed=allowed, headers=headers, seconds=seconds)


class KeyThrottle(BaseThrottle):
    """Leaves the headers on the request."""

    def allow_request(self, request: Request, view: object) -> bool:
        allowance = count_request(key_of(request))
        request.rate_headers = allowance.headers  # type: ignore[attr-defined]
        self.seconds = allowance.seconds
        return allowance.allowed

    def wait(self) -> float:
        return float(self.seconds)
