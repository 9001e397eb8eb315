import pytest

from interviews.enums import TRANSITIONS, InvitationStatus, SessionStatus, TransitionError, check_transition


def test_every_status_says_where_it_may_go() -> None:
    assert set(TRANSITIONS) == {*InvitationStatus, *SessionStatus}


@pytest.mark.parametrize("closed", [InvitationStatus.COMPLETED, InvitationStatus.DECLINED, InvitationStatus.CANCELED])
def test_a_closed_invitation_stays_closed(closed: InvitationStatus) -> None:
    assert TRANSITIONS[closed] == frozenset()


def test_a_forbidden_step_is_named() -> None:
    with pytest.raises(TransitionError, match=r"InvitationStatus: completed cannot become in_progress\."):
        check_transition(InvitationStatus.COMPLETED, InvitationStatus.IN_PROGRESS)


def test_standing_still_is_not_a_step() -> None:
    with pytest.raises(TransitionError):
        check_transition(SessionStatus.LIVE, SessionStatus.LIVE)
