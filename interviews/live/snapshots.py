"""The message with which a live page begins."""

import json
from uuid import UUID

from channels.db import database_sync_to_async

from interviews.console.snapshot import read_snapshot
from interviews.models import Session
from tenants.scope import tenant_scope


@database_sync_to_async
def get_snapshot(*, tenant_id: UUID, session_id: UUID) -> str:
    """The message with the session as it stands. Raises Session.DoesNotExist."""
    with tenant_scope(tenant_id):
        return json.dumps({"type": "snapshot", "snapshot": read_snapshot(session=Session.objects.get(pk=session_id))})
