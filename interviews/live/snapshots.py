"""One read of a session's snapshot for all who wait for it: many pages come back at once when a server starts anew."""

import asyncio
import json
from uuid import UUID

from channels.db import database_sync_to_async

from interviews.console.snapshot import read_snapshot
from interviews.models import Session
from tenants.scope import tenant_scope

#: Reads that have not begun, by tenant and session. Whoever joined the session's group before one begins misses nothing
#: with it. A read that has begun is never in here: something may have happened since that it does not see.
_to_come: dict[tuple[UUID, UUID], asyncio.Future[str]] = {}


async def get_snapshot(*, tenant_id: UUID, session_id: UUID) -> str:
    """The message with the session as it stands, read after this was called. Raises Session.DoesNotExist."""
    key = (tenant_id, session_id)
    read = _to_come.get(key)
    if read is None or read.done():  # done without having begun: there was no connection for it
        read = _to_come[key] = asyncio.ensure_future(database_sync_to_async(begin_and_read)(key))
    # One who leaves takes it from nobody else.
    return await asyncio.shield(read)


def begin_and_read(key: tuple[UUID, UUID]) -> str:
    _to_come.pop(key, None)
    tenant_id, session_id = key
    with tenant_scope(tenant_id):
        return json.dumps({"type": "snapshot", "snapshot": read_snapshot(session=Session.objects.get(pk=session_id))})
