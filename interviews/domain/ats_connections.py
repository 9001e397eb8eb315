"""Connections to ATSs: installed, given new keys, tested, switched off, and the log of their calls."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from interviews.domain import deliveries, queue
from interviews.enums import AtsDirection, AtsSystem
from interviews.models import AtsCall, AtsCallback, AtsConnection
from tenants.domain import tokens
from tenants.domain.audit import record
from tenants.domain.vault import seal
from tenants.enums import TokenKind
from tenants.scope import current_tenant_id

KEY_PREFIX = "vv_ats_"
#: Which want the key that we issued back with what we send, so that its hash alone does not do.
KEY_GOES_BACK = (AtsSystem.GREENHOUSE,)
LOG_KEPT = timedelta(days=90)
ADDRESSES = re.compile(r"[^\s\"'<>(),;:]+@[^\s\"'<>(),;:]+")


def install_connection(*, system: str, name: str, credential: str = "", account: str = "") -> tuple[AtsConnection, str]:
    """A connection of the tenant in scope, and the key to hand to the ATS, which can't be shown again."""
    with transaction.atomic():
        connection = AtsConnection(system=system, name=name, account=account, credential=seal_credential(credential))
        key = give_key(connection)
        connection.save(force_insert=True)
        record(verb="installed the ATS connection", target=connection)
    return connection, key


def change_connection(*, connection: AtsConnection, name: str, account: str, credential: str = "") -> None:
    """An empty `credential` leaves the present one."""
    with transaction.atomic():
        connection.name, connection.account = name, account
        if credential.strip():
            connection.credential = seal_credential(credential)
        connection.save(update_fields=["name", "account", "credential"])
        details = {"credential": "entered anew"} if credential.strip() else {}
        record(verb="changed the ATS connection", target=connection, details=details)


def replace_key(*, connection: AtsConnection) -> str:
    """A new key to hand over; the one before opens nothing from now on."""
    with transaction.atomic():
        tokens.forget_token(digest=connection.digest)
        key = give_key(connection)
        connection.save(update_fields=["digest", "key"])
        record(verb="replaced the key of the ATS connection", target=connection)
    return key


def switch_connection(*, connection: AtsConnection, enabled: bool) -> None:
    """While it is off its key opens nothing, and what happens is not told by itself later."""
    with transaction.atomic():
        connection.enabled = enabled
        connection.save(update_fields=["enabled"])
        record(verb=f"switched the ATS connection {'on' if enabled else 'off'}", target=connection)


def remove_connection(*, connection: AtsConnection) -> None:
    """With its log. What it has ordered stays, and what it still had to be told, which fails."""
    with transaction.atomic():
        record(verb="removed the ATS connection", target=connection)
        tokens.forget_token(digest=connection.digest)
        connection.delete()


def give_key(connection: AtsConnection) -> str:
    key, connection.digest = tokens.mint_token(kind=TokenKind.ATS, tenant_id=current_tenant_id(), prefix=KEY_PREFIX)
    connection.key = seal(key) if connection.system in KEY_GOES_BACK else ""
    return key


def seal_credential(text: str) -> str:
    return seal(text.strip()) if text.strip() else ""


def find_connection(*, system: str, key: str) -> AtsConnection | None:
    """The connection of the tenant in scope that `key` opens, while it is on."""
    return AtsConnection.objects.filter(system=system, digest=tokens.digest_of(key), enabled=True).first()


def log_call(
    *,
    connection_id: UUID,
    direction: AtsDirection,
    name: str,
    status: int | None,
    seconds: float,
    note: str = "",
    callback: AtsCallback | None = None,
) -> AtsCall:
    return AtsCall.objects.create(
        connection_id=connection_id,
        direction=direction,
        name=name,
        status=status,
        milliseconds=round(seconds * 1000),
        note=redact(note),
        callback=callback,
    )


def forget_old_calls() -> int:
    """Take calls out of the log of the tenant in scope that are older than LOG_KEPT; how many."""
    return AtsCall.objects.filter(at__lt=timezone.now() - LOG_KEPT).delete()[0]


def redact(text: str) -> str:
    """The beginning, on one line, without what looks like a secret or an e-mail address."""
    return deliveries.redact(ADDRESSES.sub("…", text[:2000]))


# --- Testing ------------------------------------------------------------------------------------


def request_test(*, connection: AtsConnection) -> None:
    """Ask for a test; a task does it, because it calls the ATS."""
    with transaction.atomic():
        AtsConnection.objects.filter(pk=connection.pk).update(tested_at=None, test_passed=None, test_result="")
        record(verb="tested the ATS connection", target=connection)
        queue.enqueue("test_ats_connection", current_tenant_id(), connection.pk)
    connection.refresh_from_db()


def record_test(*, connection_id: UUID, passed: bool | None, result: str) -> None:
    """`passed` is None where nothing could be called; `result` says so in words."""
    AtsConnection.objects.filter(pk=connection_id).update(
        tested_at=timezone.now(), test_passed=passed, test_result=result[:500]
    )
