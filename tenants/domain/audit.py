"""Writing down who did what.

`record` is called by whatever acts: the console for its writes and views, a domain function for a command. Who acts,
and from where, is known from the request (`acting`); outside any it is the system.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from tenants.models import ApiKey, AuditEntry, PlatformEntry, Tenant, User

#: Fields whose values are never written down, by their name.
SECRET = re.compile(r"password|secret|token|digest|api_?key|recovery", re.IGNORECASE)
#: Longer texts are cut: the log says what changed, it is no archive.
LONGEST = 200
#: What stands in the place of a name. As in the trigger of migration 0015.
ERASED = "Erased"
#: Requests for the same thing within this time are one visit.
VISIT = timedelta(hours=1)

#: (old, new) of each changed field, by its name.
Changes = Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Acting:
    """Who acts at the moment, and from which address."""

    actor: User | ApiKey | None
    ip: str | None


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


@contextmanager
def acting(*, actor: User | ApiKey | None, ip: str | None) -> Iterator[None]:
    """What is recorded inside the block was done by `actor` from the address `ip`, unless the call says otherwise."""
    before = _acting.set(Acting(actor=actor, ip=ip or None))
    try:
        yield
    finally:
        _acting.reset(before)


def acting_person() -> User | None:
    """The person who acts at the moment; None outside a request, and for a program."""
    known = _acting.get()
    return known.actor if known and isinstance(known.actor, User) else None


def record(
    *,
    verb: str,
    target: models.Model | None = None,
    changes: Changes | None = None,
    details: Mapping[str, Any] | None = None,
    actor: User | ApiKey | None = None,
    ip: str | None = None,
) -> AuditEntry:
    """Add an entry to the audit log of the tenant in scope. `verb` completes "somebody ...", at most 60 characters.

    `changes` are kept without secrets and shortened; `details` as they are given, so nothing that a candidate has
    answered belongs there. `actor` and `ip` are those of `acting` unless given.
    """
    known = _acting.get() or Acting(None, None)
    actor, ip = actor or known.actor, ip or known.ip
    entry = AuditEntry(actor_id=actor.pk if actor else None, actor=name_of(actor), verb=verb, ip=ip)
    if target is not None:
        entry.object_type = target._meta.label_lower
        entry.object_id = str(target.pk)
        entry.object_label = str(target)[:200]
    entry.details = dict(details or {})
    if changes:
        entry.details["changes"] = {field: conceal(field, values) for field, values in changes.items()}
    entry.save(force_insert=True)
    if isinstance(actor, User) and actor.is_platform_staff:
        company = Tenant.objects.values_list("slug", flat=True).get(pk=entry.tenant_id)
        record_for_platform(verb=verb, actor=actor, ip=ip, target=target, company=company, changed=changes or ())
    return entry


def record_for_platform(
    *,
    verb: str,
    actor: User,
    ip: str | None,
    target: models.Model | None = None,
    company: str = "",
    changed: Iterable[str] = (),
) -> PlatformEntry:
    """Add an entry to the log of what the platform's staff does. `changed` are names of fields."""
    return PlatformEntry.objects.create(
        actor_id=actor.pk,
        actor=name_of(actor),
        verb=verb,
        company=company,
        object_type=target._meta.label_lower if target else "",
        object_id=str(target.pk) if target else "",
        changed=sorted(changed),
        ip=ip or None,
    )


def record_once(*, verb: str, target: models.Model, within: timedelta = VISIT) -> AuditEntry | None:
    """As `record`, unless the same person did the same to the same row less than `within` ago. For looking and
    listening, which a page does in many requests."""
    known = _acting.get()
    actor_id = known.actor.pk if known and known.actor else None
    since = timezone.now() - within
    same = AuditEntry.objects.filter(object_id=str(target.pk), at__gt=since, actor_id=actor_id, verb=verb)
    return None if same.exists() else record(verb=verb, target=target)


def erase_names(*, object_ids: Collection[UUID]) -> None:
    """Take the names of rows, and what their fields were changed from and to, out of the entries about them.

    A trigger lets nothing else of an entry change.
    """
    about = AuditEntry.objects.filter(object_id__in=[str(one) for one in object_ids])
    about.exclude(object_label=ERASED).update(object_label=ERASED, details=WithoutChanges("details"))


class WithoutChanges(models.Func):
    template = "(%(expressions)s - 'changes')"
    output_field = models.JSONField()


def name_of(actor: User | ApiKey | None) -> str:
    if actor is None:
        return "system"
    return actor.email if isinstance(actor, User) else f"API key {actor.name}"[:254]


def conceal(field: str, values: tuple[Any, Any]) -> list[Any]:
    """[old, new] as the log keeps them: of a secret only that it changed."""
    return ["(hidden)", "(hidden)"] if SECRET.search(field) else [shorten(value) for value in values]


def shorten(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
