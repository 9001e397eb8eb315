"""Webhooks: set up, tested, rotated, switched off."""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from interviews.domain import outbox
from interviews.domain.outbound import check_address
from interviews.enums import WebhookEventType
from interviews.models import WebhookDelivery, WebhookEndpoint
from tenants.domain.audit import record
from tenants.domain.vault import seal

#: How long the secret before a rotation still signs beside the new one.
ROTATION_OVERLAP = timedelta(hours=24)
MAX_ENDPOINTS = 20
#: Of those that programs subscribe: one for each event and each of their users' flows.
MAX_HOOKS = 200


#: Secrets before the present one that may sign at a time: each is a signature in a header.
MAX_PREVIOUS = 4


class TooManyRotations(ValueError):
    """One more would take a secret away from whoever still checks with it."""


class TooManyEndpoints(ValueError):
    """The company has as many as it may have."""


def make_secret() -> str:
    """Source: Standard Webhooks, `whsec_` and the base64 of 24 to 64 random bytes."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


def add_endpoint(
    *, url: str, events: Sequence[str] = (), description: str = "", is_hook: bool = False
) -> tuple[WebhookEndpoint, str]:
    """A webhook of the tenant in scope, and its secret, shown once. Raises AddressRefused, TooManyEndpoints."""
    check_address(url)
    limit, name = (MAX_HOOKS, "hooks") if is_hook else (MAX_ENDPOINTS, "webhooks")
    if WebhookEndpoint.objects.filter(is_hook=is_hook).count() >= limit:
        raise TooManyEndpoints(f"There may be {limit} {name}. Delete one first.")
    secret = make_secret()
    with transaction.atomic():
        endpoint = WebhookEndpoint.objects.create(
            url=url, events=list(events), description=description, is_hook=is_hook, secret=seal(secret)
        )
        record(verb="added the webhook", target=endpoint)
    return endpoint, secret


def change_endpoint(*, endpoint: WebhookEndpoint, is_enabled: bool | None = None, **fields: object) -> None:
    """Change url, events or description, or switch it on or off. Raises AddressRefused.

    Nothing else of the row is written: its secret may have been rotated, and it may have been switched off, since
    `endpoint` was read.
    """
    if "url" in fields:
        check_address(str(fields["url"]))
    with transaction.atomic():
        lock(endpoint)
        if is_enabled is True:
            fields |= {"disabled_at": None, "disabled_reason": "", "failing_since": None, "failed_at": None}
        elif is_enabled is False and endpoint.disabled_at is None:
            fields |= {"disabled_at": timezone.now(), "disabled_reason": "Switched off by hand."}
        for name, value in fields.items():
            setattr(endpoint, name, value)
        endpoint.save(update_fields=list(fields))
        record(verb="changed the webhook", target=endpoint)


def lock(endpoint: WebhookEndpoint) -> None:
    """Until the transaction ends, with the row as it is now."""
    endpoint.refresh_from_db(from_queryset=WebhookEndpoint.objects.select_for_update())


def delete_endpoint(*, endpoint: WebhookEndpoint) -> None:
    with transaction.atomic():
        record(verb="deleted the webhook", target=endpoint)
        endpoint.delete()


def rotate_secret(*, endpoint: WebhookEndpoint) -> str:
    """A new secret. The ones before it sign for a day after each was replaced, so that the receiver can change over
    without missing anything. Raises TooManyRotations."""
    secret = make_secret()
    with transaction.atomic():
        lock(endpoint)
        now = timezone.now()
        kept = still_signing(endpoint, now=now)
        if len(kept) >= MAX_PREVIOUS:
            raise TooManyRotations(f"{MAX_PREVIOUS} secrets before this one still sign. Try again in a day.")
        endpoint.previous_secrets = [[endpoint.secret, (now + ROTATION_OVERLAP).isoformat()], *kept]
        endpoint.secret = seal(secret)
        endpoint.save(update_fields=["secret", "previous_secrets"])
        record(verb="rotated the secret of the webhook", target=endpoint)
    return secret


def still_signing(endpoint: WebhookEndpoint, *, now: datetime) -> list[list[str]]:
    """Of its previous secrets those whose overlap is not over, as they are kept."""
    return [kept for kept in endpoint.previous_secrets if datetime.fromisoformat(kept[1]) > now]


def send_test(*, endpoint: WebhookEndpoint) -> WebhookDelivery:
    with transaction.atomic():
        event = outbox.tell(WebhookEventType.TEST, data={"message": "It works."}, endpoints=[endpoint])
        record(verb="sent a test to the webhook", target=endpoint)
    return event.deliveries.get()
