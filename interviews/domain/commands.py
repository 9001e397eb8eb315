"""Commands of the hiring team: given while an interview runs, carried by the relay, and done once or not at all.

A command is a row before it is sent. The relay hands the pending ones to the bot whenever one is added and whenever
the bot comes back; the bot knows them by their ids, so it may be told twice and still acts once.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from botrunner.contract import CommandHandled, RelayCommand
from interviews.domain import notices
from interviews.enums import CommandName, CommandStatus, SessionStatus
from interviews.models import Session, SessionCommand
from tenants.domain.audit import record
from tenants.models import User
from tenants.scope import tenant_scope

LONGEST_SENTENCE = 500
#: Minutes that one command may add.
LONGEST_EXTENSION = 60
#: Commands within RATE_WINDOW that one session takes.
RATE = 10
RATE_WINDOW = timedelta(seconds=30)

#: What the audit log says somebody did.
VERBS = {
    CommandName.SAY: "had the interviewer say a sentence in",
    CommandName.EXTEND: "gave more time to",
    CommandName.SKIP: "skipped a question in",
    CommandName.END: "ended",
}


class CommandRefused(Exception):
    """This can't be asked for, or not now. The message is one sentence for the person who asked."""


def give_command(*, session_id: UUID, name: str, args: dict[str, Any], given_by: User) -> SessionCommand:
    """Keep a command for the session's bot, and have it sent on commit. In the caller's scope.

    Raises Session.DoesNotExist and CommandRefused.
    """
    session = Session.objects.select_for_update(no_key=True).get(pk=session_id)
    if session.status != SessionStatus.LIVE:
        raise CommandRefused("The interview is not running, so the interviewer cannot be told anything.")
    if name not in CommandName.values:
        raise CommandRefused("The interviewer does not know this command.")
    command = CommandName(name)
    checked = check_args(name=command, args=args)
    given = session.commands.filter(given_at__gt=timezone.now() - RATE_WINDOW)
    if given.count() >= RATE:
        raise CommandRefused("That was a lot at once. Wait half a minute, then try again.")
    if command in (CommandName.SKIP, CommandName.END) and session.commands.filter(
        name=command, status=CommandStatus.PENDING
    ):
        raise CommandRefused("The interviewer has been told already and has not answered yet.")
    row = SessionCommand.objects.create(session=session, name=command, args=checked, given_by=given_by.email)
    record(verb=VERBS[command], target=session, details={"command": str(row.pk)} | checked, actor=given_by)
    tell_watchers(row)
    notices.send(notices.relay_group(session.pk), {"type": "command.given"})
    return row


def check_args(*, name: CommandName, args: dict[str, Any]) -> dict[str, Any]:
    """What goes to the bot: a sentence as `text`, `minutes` as `seconds`, the `question_id` meant. May refuse."""
    match name:
        case CommandName.SAY:
            text = " ".join(str(args.get("text") or "").split())
            if not text:
                raise CommandRefused("Write the sentence that the interviewer should say.")
            if len(text) > LONGEST_SENTENCE:
                raise CommandRefused(f"A sentence has at most {LONGEST_SENTENCE} characters; this one has {len(text)}.")
            return {"text": text}
        case CommandName.EXTEND:
            minutes = args.get("minutes")
            if isinstance(minutes, bool) or not isinstance(minutes, int) or not 1 <= minutes <= LONGEST_EXTENSION:
                raise CommandRefused(f"Choose between 1 and {LONGEST_EXTENSION} minutes.")
            return {"seconds": minutes * 60}
        case CommandName.SKIP:
            try:
                return {"question_id": str(UUID(str(args.get("question_id"))))}
            except ValueError as error:
                raise CommandRefused("No question has been asked yet that could be skipped.") from error
        case CommandName.END:
            return {}


def pending_commands(*, tenant_id: UUID, session_id: UUID) -> list[RelayCommand]:
    """What the bot has yet to answer, in the order in which it was given. Opens its own scope."""
    with tenant_scope(tenant_id):
        waiting = SessionCommand.objects.filter(session_id=session_id, status=CommandStatus.PENDING)
        return [
            RelayCommand.model_validate({"id": row.pk, "name": row.name, "args": row.args})
            for row in waiting.order_by("given_at")
        ]


def record_handled(*, session: Session, handled: CommandHandled, at: datetime) -> None:
    """The bot's answer to a command. One that is not waiting for an answer stays as it is."""
    row = session.commands.filter(pk=handled.command_id, status=CommandStatus.PENDING).first()
    if row is None:
        return
    row.status = CommandStatus.FAILED if handled.problem else CommandStatus.DONE
    row.problem, row.handled_at = handled.problem, at
    row.save()
    tell_watchers(row)


def granted_seconds(given: QuerySet[SessionCommand]) -> float:
    """The time that these commands have added."""
    grants = given.filter(name=CommandName.EXTEND, status=CommandStatus.DONE)
    return float(sum(grants.values_list("args__seconds", flat=True)))


def describe_command(row: SessionCommand) -> dict[str, Any]:
    """As the live page knows it; `Command` in frontend/src/live/types.ts."""
    return {
        "id": str(row.pk),
        "name": row.name,
        "args": row.args,
        "status": row.status,
        "problem": row.problem,
        "given_by": row.given_by,
        "given_at": row.given_at.isoformat(),
        "handled_at": row.handled_at.isoformat() if row.handled_at else None,
    }


def tell_watchers(row: SessionCommand) -> None:
    notices.send(notices.session_group(row.session_id), {"type": "live.command", "command": describe_command(row)})
