import pytest

from interviews.enums import TRANSITIONS, InvitationStatus, SessionStatus, TransitionError


def test_every_status_says_where_it_may_go() -> None:
    assert set(TRANSITIONS) == {*InvitationStatus, *SessionStatus}


@pytest.mark.parametrize("closed", [InvitationStatus.COMPLETED, InvitationStatus.DECLINED, InvitationStatus.CANCELED])
def test_a_closed_invitation_stays_closed(closed: InvitationStatus) -> None:
    assert TRANSITIONS[closed] == frozenset()


def test_nothing_becomes_what_is_of_another_kind() -> None:
    assert [
        (old, new) for old, following in TRANSITIONS.items() for new in following if type(old) is not type(new)
    ] == []


def test_a_forbidden_step_is_named() -> None:
    error = TransitionError(InvitationStatus.COMPLETED, InvitationStatus.IN_PROGRESS)
    assert str(error) == "InvitationStatus: completed cannot become in_progress."
