"""Slots: how many bots each runner carries. Rows in Postgres, so that web and workers agree.

`RunnerSlot` is shared by all tenants and names nothing but a session's id.
"""

from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from interviews.models import RunnerSlot


def sync_slots() -> None:
    """Make the rows fit the settings. A slot in use on a runner that was taken away goes when it is free."""
    wanted = {
        (url, number) for url in settings.BOT_RUNNER_URLS for number in range(1, settings.BOT_SESSIONS_PER_RUNNER + 1)
    }
    with transaction.atomic():
        for slot in RunnerSlot.objects.filter(session_id=None):
            if (slot.runner_url, slot.number) not in wanted:
                slot.delete()
        RunnerSlot.objects.bulk_create(
            [RunnerSlot(runner_url=url, number=number) for url, number in sorted(wanted)], ignore_conflicts=True
        )


def free_slots() -> QuerySet[RunnerSlot]:
    """Room on the runners that the settings name; a runner taken away gets no more bots."""
    return RunnerSlot.objects.filter(session_id=None, runner_url__in=settings.BOT_RUNNER_URLS)


def take_slot(*, session_id: UUID, avoid: Collection[str] = ()) -> str | None:
    """Take a free slot and return its runner's base URL; None when all are taken.

    A session that holds a slot keeps it. The emptiest runner goes first; those in `avoid` (they just failed) last.
    """
    with transaction.atomic():
        if held := RunnerSlot.objects.filter(session_id=session_id).first():
            if held.runner_url not in avoid:
                return held.runner_url
            release_slot(session_id=session_id)
        free = list(free_slots().select_for_update().order_by("pk"))
        if not free:
            return None
        room: dict[str, int] = {}
        for slot in free:
            room[slot.runner_url] = room.get(slot.runner_url, 0) + 1
        best = min(
            free, key=lambda slot: (slot.runner_url in avoid, -room[slot.runner_url], slot.runner_url, slot.number)
        )
        best.session_id, best.taken_at = session_id, timezone.now()
        best.save(update_fields=["session_id", "taken_at"])
        return best.runner_url


def release_slot(*, session_id: UUID) -> None:
    RunnerSlot.objects.filter(session_id=session_id).update(session_id=None, taken_at=None)
