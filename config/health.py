"""Whether this process can do its work, the database and Redis answer; and whether the workers do theirs."""

from datetime import datetime

from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError

from interviews.domain import stuck


async def health(request: HttpRequest) -> JsonResponse:
    """200 when all is well, 503 with the part that isn't.

    An outbox that nobody works off is said, but is no fault of this process: starting it anew would mend nothing.
    """
    database, late_since = await sync_to_async(ask_database)()
    parts = {"database": database, "redis": await redis_answers()}
    well = all(parts.values())
    answer = {"status": "ok" if well else "failing", **{name: "ok" if up else "down" for name, up in parts.items()}}
    if database:
        answer["outbox"] = f"waiting since {late_since:%Y-%m-%dT%H:%M:%SZ}" if late_since else "ok"
    return JsonResponse(answer, status=200 if well else 503, headers={"Cache-Control": "no-store"})


def ask_database() -> tuple[bool, datetime | None]:
    """Whether it answers, and since when the outbox waits."""
    try:
        return True, stuck.waiting_since()
    except DatabaseError:
        return False, None


async def redis_answers() -> bool:
    try:
        await get_channel_layer().group_send("health", {"type": "health.check"})
    except (OSError, RedisError):
        return False
    return True
