"""Statuses change along the table alone, and `move` is the only one who changes them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from interviews.domain.statuses import come_from, move
from interviews.enums import TRANSITIONS, InvitationStatus, SessionStatus
from interviews.models import Invitation, Session
from tenants.models import Tenant
from tests.interviews.factories import make_invitation, make_session

ROOT = Path(__file__).parents[3]
SOURCES = sorted(path for app in ("interviews", "tenants", "config") for path in (ROOT / app).rglob("*.py"))
#: Enums of other things that have a `status`, which no table rules.
OTHERS = {
    "BatchStatus",
    "CommandStatus",
    "DeliveryStatus",
    "EmailStatus",
    "ErasureStatus",
    "InterviewStatus",
    "ScoringStatus",
}
#: Writes of a status that the walk cannot see the kind of, and whose it is.
KNOWN = {
    ("interviews/api/idempotency.py", "status=response.status_code"): "an HTTP answer's",
    ("interviews/domain/ats_connections.py", "status=status"): "an HTTP answer's",
    ("interviews/domain/versions.py", "status=status"): "an interview's",
    ("interviews/domain/bounces.py", "status=status"): "a mail's",
    ("interviews/domain/statuses.py", "status=to"): "move itself",
}


@pytest.mark.parametrize("new", [*InvitationStatus])
def test_an_invitation_moves_where_the_table_lets_it(in_acme: Tenant, new: InvitationStatus) -> None:
    invitation = make_invitation()
    this = Invitation.objects.filter(pk=invitation.pk)
    for old in InvitationStatus:
        this.update(status=old)
        assert move(this, to=new, decline_reason=f"from {old}") == (new in TRANSITIONS[old])
        invitation.refresh_from_db()
        moved = old in come_from(new)
        assert invitation.status == (new if moved else old)
        assert (invitation.decline_reason == f"from {old}") == moved


@pytest.mark.parametrize("new", [*SessionStatus])
def test_a_session_moves_where_the_table_lets_it(in_acme: Tenant, new: SessionStatus) -> None:
    session = make_session()
    this = Session.objects.filter(pk=session.pk)
    for old in SessionStatus:
        this.update(status=old)
        assert move(this, to=new) == (new in TRANSITIONS[old])
        session.refresh_from_db()
        assert session.status == (new if old in come_from(new) else old)


def test_no_status_is_written_past_the_table() -> None:
    bypasses = {
        (path.relative_to(ROOT).as_posix(), write)
        for path in SOURCES
        if "migrations" not in path.parts
        for write in written(ast.parse(path.read_text("utf-8")))
    }
    assert bypasses == set(KNOWN)


@pytest.mark.parametrize(
    ("code", "writes"),
    [
        ("rows.update(status=SessionStatus.ENDED)", ["status=SessionStatus.ENDED"]),
        ("rows.filter(status=SessionStatus.LIVE).update(mode=mode)", []),
        ("rows.update(status='ended')", ["status='ended'"]),
        ("rows.update(status=EmailStatus.SENT)", []),
        ("rows.update(**{'status': new})", ["status=new"]),
        ("Session.objects.create(status=SessionStatus.LIVE)", ["status=SessionStatus.LIVE"]),
        ("Session(status=SessionStatus.LIVE)", ["status=SessionStatus.LIVE"]),
        ("session.status = SessionStatus.LIVE", ["status=SessionStatus.LIVE"]),
        ("session.status, session.mode = SessionStatus.LIVE, mode", ["status=SessionStatus.LIVE"]),
        ("changes['status'] = InvitationStatus.FAILED", ["status=InvitationStatus.FAILED"]),
        ("setattr(invitation, 'status', new)", ["status=new"]),
        ("cursor.execute('UPDATE interviews_session SET status = %s', [new])", ["status=SQL"]),
    ],
)
def test_the_walk_sees_every_way_to_write_one(code: str, writes: list[str]) -> None:
    assert list(written(ast.parse(code))) == writes


def written(tree: ast.AST) -> Iterator[str]:
    """Each `status=...` that a module writes to a row, save those of other enums."""
    for node in ast.walk(tree):
        yield from (f"status={ast.unparse(value)}" for value in values_of(node) if not is_other(value))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and writes_in_sql(node.value):
            yield "status=SQL"


def values_of(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.Call(func=ast.Attribute(attr="update" | "create" | "bulk_create" | "get_or_create"), keywords=words):
            for word in words:
                if word.arg == "status":
                    yield word.value
                elif isinstance(word.value, ast.Dict):
                    yield from in_dict(word.value)
        case ast.Call(func=ast.Name(id="Invitation" | "Session"), keywords=words):
            yield from (word.value for word in words if word.arg == "status")
        case ast.Call(func=ast.Name(id="setattr"), args=[_row, ast.Constant(value="status"), value]):
            yield value
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
            yield from (value for target, value in zip(targets, values, strict=True) if is_status(target))
        case ast.Assign(targets=targets, value=value) if any(map(is_status, targets)):
            yield value


def in_dict(words: ast.Dict) -> Iterator[ast.expr]:
    for key, value in zip(words.keys, words.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == "status":
            yield value


def is_status(target: ast.expr) -> bool:
    """`row.status`, but not a `self.status`, and `changes["status"]`."""
    match target:
        case ast.Attribute(value=ast.Name(id=owner), attr="status"):
            return owner != "self"
        case ast.Subscript(slice=ast.Constant(value="status")):
            return True
    return False


def is_other(value: ast.expr) -> bool:
    match value:
        case ast.Attribute(value=ast.Name(id=owner)):
            return owner in OTHERS
        case ast.IfExp(body=first, orelse=second):
            return is_other(first) and is_other(second)
    return False


def writes_in_sql(text: str) -> bool:
    words = " ".join(text.split()).lower()
    return any(f"update {table} set" in words for table in ("interviews_session", "interviews_invitation")) and (
        "status =" in words.partition(" set ")[2].partition(" where ")[0]
    )
