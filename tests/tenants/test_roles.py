import pytest

from tenants.enums import Role
from tenants.roles import ROLES_THAT_MAY, Action, may

VIEW, WATCH, STEER, READ, REVIEW, DECIDE, EDIT, INVITE, MANAGE, COUNT = Action


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        (Role.OWNER, {VIEW, WATCH, STEER, READ, REVIEW, DECIDE, EDIT, INVITE, MANAGE, COUNT}),
        (Role.RECRUITER, {VIEW, WATCH, STEER, READ, REVIEW, DECIDE, EDIT, INVITE}),
        (Role.REVIEWER, {VIEW, WATCH, READ, REVIEW}),
        (Role.VIEWER, {VIEW}),
        (None, set()),
        ("stranger", set()),
    ],
)
def test_who_may_do_what(role: Role | None, actions: set[Action]) -> None:
    assert {action for action in Action if may(role, action)} == actions


def test_the_table_is_whole() -> None:
    assert set(ROLES_THAT_MAY) == set(Action)
