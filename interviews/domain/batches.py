"""Lists of invitations: checked row by row before anything is sent, then worked off in chunks.

A chunk is one transaction: its rows are locked, invited and marked together. A worker that is killed leaves rows that
are still ready, and whoever goes on invites nobody twice. So does a chunk that meets the company's limit for an hour:
the batch goes on by itself when the limit gives way.
"""

from datetime import datetime, time, timedelta
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from botrunner.contract import EXTRA_TIME_MOST
from interviews.domain import invitations, queue, tables
from interviews.domain.exports import plain
from interviews.domain.invitations import check_deadline
from interviews.domain.languages import read_language
from interviews.domain.limits import HOUR, LimitReached
from interviews.domain.plans import PlanError, check_invitable
from interviews.domain.standing import await_turn, standing_invitations
from interviews.enums import BatchRowState, BatchStatus, InvitationStatus
from interviews.models import BatchRow, Interview, InvitationBatch
from tenants.domain.audit import record
from tenants.models import User

CHUNK = 50
#: Characters of a recruiter's note to a candidate.
NOTE_LONGEST = 2000
#: A batch on which nobody has worked for so long is handed out again.
IDLE = timedelta(minutes=1)


class BatchError(ValueError):
    """This batch cannot take that step; the message says why."""


def create_batch(
    *,
    interview: Interview,
    source: str,
    text: str,
    expires_at: datetime,
    extra_time: float = 1.0,
    locale: str = "",
    time_zone: str = "",
    personal_note: str = "",
    created_by: User | None = None,
) -> InvitationBatch:
    """Read a list and check each row; nobody is invited yet. Raises TableError."""
    table = tables.read_table(text)
    with transaction.atomic():
        batch = InvitationBatch.objects.create(
            interview=interview,
            source=source[:200],
            table=table,
            has_header=tables.has_header(table),
            mapping=tables.guess_mapping(table),
            expires_at=expires_at,
            extra_time=extra_time,
            locale=locale,
            time_zone=time_zone,
            personal_note=personal_note,
            created_by=created_by,
        )
        check_rows(batch=batch)
    return batch


def map_columns(*, batch: InvitationBatch, mapping: dict[str, int], has_header: bool) -> None:
    """Say what the columns hold, and check the rows anew. Raises BatchError once it has started, or without e-mail."""
    if "email" not in mapping:
        raise BatchError("Say which column holds the e-mail address.")
    with transaction.atomic():
        locked = InvitationBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.status != BatchStatus.DRAFT:
            raise BatchError("This list has been started already.")
        locked.mapping, locked.has_header = mapping, has_header
        locked.save(update_fields=["mapping", "has_header"])
        check_rows(batch=locked)
        record(verb="said what the list's columns hold", target=batch, details={"columns": mapping})
    batch.refresh_from_db()


def check_rows(*, batch: InvitationBatch) -> None:
    """Write the batch's rows as its columns say, each with what keeps it from being invited."""
    body = batch.table[1:] if batch.has_header else batch.table
    first = 2 if batch.has_header else 1
    offered = batch.interview.published.languages
    rows = [read_row(batch, number, cells, offered) for number, cells in enumerate(body, start=first)]
    standing = find_standing(batch.interview_id, {row.email for row in rows})
    seen: dict[str, int] = {}
    for row in rows:
        if not row.problem and row.email in seen:
            row.problem = f"The same address is in row {seen[row.email]}."
        elif not row.problem and row.email in standing:
            row.problem = f"Already invited to this interview: {standing[row.email]}."
        elif not row.problem:
            seen[row.email] = row.number
        row.state = BatchRowState.PROBLEM if row.problem else BatchRowState.READY
    with transaction.atomic():
        batch.rows.all().delete()
        BatchRow.objects.bulk_create(rows, batch_size=1000)


def find_standing(interview_id: UUID, addresses: set[str]) -> dict[str, str]:
    """Which of the addresses have an invitation to this interview that counts, and how it stands, in lower case."""
    found = standing_invitations(interview_id, addresses).values_list("candidate__email", "status")
    return {email: InvitationStatus(status).label.lower() for email, status in found}


def read_row(batch: InvitationBatch, number: int, row: list[str], offered: list[str]) -> BatchRow:
    cells = {field: row[column] for field, column in batch.mapping.items() if column < len(row)}
    name, address = tables.read_person(cells)
    read = BatchRow(
        batch=batch,
        number=number,
        name=name[:200],
        email=address[:320],
        locale=batch.locale,
        time_zone=batch.time_zone,
        extra_time=batch.extra_time,
        expires_at=batch.expires_at,
        personal_note=cells.get("personal_note") or batch.personal_note,
    )
    try:
        read_details(batch, read, cells, offered)
    except ValueError as error:
        read.problem = str(error)[:300]
    return read


def read_details(batch: InvitationBatch, row: BatchRow, cells: dict[str, str], offered: list[str]) -> None:
    """Fill in what the cells say. Raises ValueError with one sentence for the first that can't be taken."""
    if not row.email:
        raise ValueError("There is no e-mail address.")
    try:
        validate_email(row.email)
    except ValidationError as error:
        raise ValueError("This is not an e-mail address.") from error
    if len(row.email) > 254:
        raise ValueError("This e-mail address is too long.")
    if len(row.name) > 160:
        raise ValueError("This name is longer than 160 characters.")
    if plain(row.name) != row.name:
        raise ValueError("This name begins as a formula does.")
    if language := cells.get("locale"):
        row.locale = read_language(language, offered) or ""
        if not row.locale:
            raise ValueError(f"The interview is not offered in “{language[:20]}”.")
    if zone := cells.get("time_zone"):
        row.time_zone = known_zones().get(zone.casefold().replace(" ", "_"), "")
        if not row.time_zone:
            raise ValueError(f"“{zone[:40]}” is no time zone; write one such as Europe/Berlin.")
    if len(row.personal_note) > NOTE_LONGEST:
        raise ValueError(f"The note is longer than {NOTE_LONGEST:,} characters.")
    if extra := cells.get("extra_time"):
        row.extra_time = read_extra_time(extra)
    if expires := cells.get("expires_at"):
        row.expires_at = read_expiry(expires, ZoneInfo(row.time_zone or batch.interview.tenant.time_zone))


@cache
def known_zones() -> dict[str, str]:
    """The names of time zones, in whatever case they are written."""
    return {name.casefold(): name for name in available_timezones()}


def read_extra_time(text: str) -> float:
    """A factor, 1.5 or 1,5; or a percentage on top, 50 %. Raises ValueError."""
    number = "".join(text.replace(",", ".").split())
    try:
        factor = 1 + float(number.rstrip("%").lstrip("+")) / 100 if number.endswith("%") else float(number)
    except ValueError as error:
        raise ValueError(f"“{text[:20]}” is no extra time; write 1.5 or 50%.") from error
    if not 1 <= factor <= EXTRA_TIME_MOST:
        most = (EXTRA_TIME_MOST - 1) * 100
        raise ValueError(f"Extra time goes from 0% to {most}%, or as a factor from 1 to {EXTRA_TIME_MOST}.")
    return factor


def read_expiry(text: str, zone: ZoneInfo) -> datetime:
    """A date, which lasts to its end, or a date and time, in `zone` unless it names one. Raises ValueError."""
    try:
        day = parse_date(text)
        moment = datetime.combine(day, time(23, 59)) if day else parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise ValueError(f"“{text[:30]}” is no date; write 2026-12-31 or 2026-12-31 18:00.")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    check_deadline(moment)
    return moment


def start_batch(*, batch: InvitationBatch) -> None:
    """Begin to invite the rows that are ready. Pressed twice it is one start. Raises BatchError and PlanError."""
    check_invitable(interview=batch.interview)
    if batch.expires_at <= timezone.now():
        raise BatchError("The deadline of this list has passed. Hand it in again with a later one.")
    with transaction.atomic():
        if not batch.rows.filter(state=BatchRowState.READY).exists() and batch.status == BatchStatus.DRAFT:
            raise BatchError("Nobody in this list can be invited.")
        started = InvitationBatch.objects.filter(pk=batch.pk, status=BatchStatus.DRAFT).update(
            status=BatchStatus.RUNNING, started_at=timezone.now(), worked_at=timezone.now(), table=[]
        )
        if started:
            queue.enqueue("work_off_batch", batch.tenant_id, batch.pk)
    batch.refresh_from_db()


def discard_batch(*, batch: InvitationBatch) -> None:
    """Forget a list from which nobody was invited. Raises BatchError for one that has started."""
    with transaction.atomic():
        locked = InvitationBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.status != BatchStatus.DRAFT:
            raise BatchError("This list has been started already.")
        locked.delete()


def work_off(*, batch_id: UUID) -> bool:
    """Invite the next rows. True while more can be; then the batch asks for its next turn itself.

    At the company's limit the batch waits until it gives way, and the sweep hands it out again.
    """
    with transaction.atomic():
        batch = InvitationBatch.objects.select_related("interview__tenant").filter(pk=batch_id).first()
        if batch is None or batch.status != BatchStatus.RUNNING:
            return False
        ready = batch.rows.select_for_update(skip_locked=True).filter(state=BatchRowState.READY)[:CHUNK]
        rows = list(ready)
        await_turn(batch.interview_id, {row.email for row in rows})
        standing = find_standing(batch.interview_id, {row.email for row in rows})
        waits_until = None
        try:
            for row in rows:
                invite_row(batch, row, standing)
        except LimitReached as limit:
            waits_until = limit.until or timezone.now() + HOUR
        BatchRow.objects.bulk_update(rows, ["state", "problem", "invitation"])
        more = batch.rows.filter(state=BatchRowState.READY).exists()
        if more:
            InvitationBatch.objects.filter(pk=batch_id).update(worked_at=timezone.now(), waits_until=waits_until)
        else:
            InvitationBatch.objects.filter(pk=batch_id, status=BatchStatus.RUNNING).update(
                status=BatchStatus.DONE, finished_at=timezone.now(), worked_at=timezone.now(), waits_until=None
            )
        if more and waits_until is None:
            queue.enqueue("work_off_batch", batch.tenant_id, batch.pk)
            return True
        return False


def invite_row(batch: InvitationBatch, row: BatchRow, standing: dict[str, str]) -> None:
    """Invite one person, or say on the row why not. Raises LimitReached, with the row as it was."""
    if row.expires_at is not None and row.expires_at <= timezone.now():
        row.state, row.problem = BatchRowState.PROBLEM, "The deadline has passed meanwhile."
        return
    if row.email in standing:
        row.state, row.problem = BatchRowState.PROBLEM, f"Invited meanwhile: {standing[row.email]}."
        return
    try:
        with transaction.atomic():
            row.invitation = invitations.create_invitation(
                interview=batch.interview,
                candidate_name=row.name,
                candidate_email=row.email,
                expires_at=row.expires_at,
                locale=row.locale,
                time_zone=row.time_zone,
                extra_time=row.extra_time,
                personal_note=row.personal_note,
            )
    except LimitReached:
        raise
    except (PlanError, ValueError) as error:
        row.state, row.problem = BatchRowState.PROBLEM, str(error)[:300]
        return
    row.state = BatchRowState.INVITED


def count_rows(*, batch: InvitationBatch) -> dict[str, int]:
    """How many rows are in which state; `total` of all."""
    counted = batch.rows.order_by().values_list("state").annotate(count=Count("pk"))
    counts = {state.value: 0 for state in BatchRowState} | dict(counted)
    return counts | {"total": sum(counts.values())}
