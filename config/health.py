"""Whether this process can do its work: the database and Redis answer."""

from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError


async def health(request: HttpRequest) -> JsonResponse:
    """200 when all is well, 503 with the part that isn't."""
    parts = {"database": await sync_to_async(database_answers)(), "redis": await redis_answers()}
    well = all(parts.values())
    return JsonResponse(
        {"status": "ok" if well else "failing", **{name: "ok" if up else "down" for name, up in parts.items()}},
        status=200 if well else 503,
        headers={"Cache-Control": "no-store"},
    )


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


async def redis_answers() -> bool:
    try:
        await get_channel_layer().group_send("health", {"type": "health.check"})
    except (OSError, RedisError):
        return False
    return True
