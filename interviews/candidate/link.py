"""From the token in the path to the invitation, inside its tenant's scope."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.utils.translation import override

from interviews.domain.invitations import get_invitation, locate_link
from interviews.domain.languages import choose_language
from interviews.models import Invitation
from tenants.scope import tenant_scope


class UnknownLink(Exception):
    """Nobody was ever given this link, or it has been deleted."""


@contextmanager
def open_link(token: str, *, asked: str = "", browser: Iterable[str] = ()) -> Iterator[Invitation]:
    """The invitation behind a link; the block runs in its tenant's scope and speaks its candidate's language.

    `asked` and `browser` are language tags as they came. Raises UnknownLink.
    """
    location = locate_link(token=token)
    if location is None:
        raise UnknownLink
    with tenant_scope(location.tenant_id):
        try:
            invitation = get_invitation(digest=location.digest)
        except Invitation.DoesNotExist as error:
            raise UnknownLink from error
        with override(choose_language(invitation=invitation, asked=asked, browser=browser)):
            yield invitation
