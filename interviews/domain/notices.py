"""What watchers are told once a transaction has committed.

A notice carries no state of its own: a watcher reads the database, or applies the numbered frame and
notices a gap. So one that Redis loses costs freshness and nothing else, and a failure to send is only logged.
"""

from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from django.utils import timezone

from interviews.models import Session


def candidate_group(invitation_id: UUID) -> str:
    return f"candidate.{invitation_id.hex}"


def session_group(session_id: UUID) -> str:
    """Watchers of one session: the admin's live page."""
    return f"live.{session_id.hex}"


def tenant_group(tenant_id: UUID) -> str:
    """Watchers of a tenant's list of running sessions."""
    return f"tenant.{tenant_id.hex}"


def relay_group(session_id: UUID) -> str:
    """The one relay socket of a session's bot."""
    return f"relay.{session_id.hex}"


def send(group: str, message: dict[str, Any]) -> None:
    """Send `message` to `group` when the transaction commits. Source of the shape: Channels' group_send."""
    layer = get_channel_layer()
    transaction.on_commit(lambda: async_to_sync(layer.group_send)(group, message), robust=True)


def session_changed(session: Session) -> None:
    """Tell the candidate's page, the live page and the list that this session is not what it was."""
    send(candidate_group(session.invitation_id), {"type": "session.changed"})
    send(session_group(session.pk), {"type": "session.changed"})
    send(tenant_group(session.tenant_id), {"type": "session.changed"})


def session_news(*, tenant_id: UUID, session_id: UUID, **news: Any) -> None:
    """Tell the wall what is new in an interview whose bot has just been heard: `News` in frontend/src/live/tiles.ts."""
    heard = {"id": str(session_id), "heartbeat_at": timezone.now().isoformat()}
    send(tenant_group(tenant_id), {"type": "live.news", "news": heard | news})


def invitation_changed(*, tenant_id: UUID, invitation_id: UUID) -> None:
    send(candidate_group(invitation_id), {"type": "session.changed"})
    send(tenant_group(tenant_id), {"type": "session.changed"})
