"""Writing down who did what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models

from tenants.models import AuditEntry, User


def record_act(
    *,
    actor: User | None,
    verb: str,
    target: models.Model | None = None,
    ip: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Add an entry to the audit log of the tenant in scope. `verb` completes "somebody ..."; None is the system."""
    entry = AuditEntry(actor_id=actor.pk if actor else None, actor=actor.email if actor else "system", verb=verb, ip=ip)
    if target is not None:
        entry.object_type = target._meta.label_lower
        entry.object_id = str(target.pk)
        entry.object_label = str(target)[:200]
    entry.details = dict(details or {})
    entry.save(force_insert=True)
    return entry
