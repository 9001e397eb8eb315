"""Saved views: each person's own, seen and deleted by nobody else."""

from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.db import transaction

from interviews.models import SavedView
from tenants.domain.audit import record
from tenants.models import User

MOST_VIEWS = 30
LONGEST_NAME, LONGEST_QUERY = 60, 1000


class ViewRefused(ValueError):
    """The message says what to do."""


@transaction.atomic
def save_view(*, user: User, name: str, query: str) -> SavedView:
    """Under a name that is there already it takes the old one's place. The page of the list is left out."""
    name = " ".join(name.split())
    kept = urlencode([(key, value) for key, value in parse_qsl(query) if key != "p"])
    if not name:
        raise ViewRefused("Give the view a name.")
    if len(name) > LONGEST_NAME or len(kept) > LONGEST_QUERY:
        raise ViewRefused("This is too long for a view: give it a shorter name, or fewer filters.")
    own = SavedView.objects.filter(user=user)
    if own.count() >= MOST_VIEWS and not own.filter(name=name).exists():
        raise ViewRefused(f"You have {MOST_VIEWS} views. Delete one first.")
    view, _created = SavedView.objects.update_or_create(user=user, name=name, defaults={"query": kept})
    record(verb="saved the view", target=view)
    return view


@transaction.atomic
def delete_view(*, user: User, view_id: UUID) -> bool:
    """False when this person has no such view."""
    view = SavedView.objects.filter(user=user, pk=view_id).first()
    if view is None:
        return False
    record(verb="deleted the view", target=view)
    view.delete()
    return True
