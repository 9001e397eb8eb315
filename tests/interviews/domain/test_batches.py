"""Lists of invitations: read, checked row by row, worked off once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from interviews import tasks
from interviews.domain import batches, sweeps, tables
from interviews.domain.tables import TableError
from interviews.enums import BatchStatus
from interviews.models import Candidate, Interview, Invitation, InvitationBatch, OutgoingEmail, Question
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.factories import CandidateFactory, InterviewFactory, make_invitation


def make_batch(text: str, interview: Interview | None = None, **fields: Any) -> InvitationBatch:
    made: Any = interview or InterviewFactory.create()
    return batches.create_batch(
        interview=Interview.objects.get(pk=made.pk),
        source="people.csv",
        text=text,
        expires_at=timezone.now() + timedelta(days=7),
        **fields,
    )


def rows(batch: InvitationBatch) -> list[tuple[int, str, str, str]]:
    return list(batch.rows.values_list("number", "name", "email", "problem"))


@pytest.mark.parametrize(
    ("text", "people"),
    [
        (
            "kim@example.org\nsam.lee@example.org",
            [(1, "Kim", "kim@example.org"), (2, "Sam Lee", "sam.lee@example.org")],
        ),
        ("Kim Doe <Kim@Example.org>", [(1, "Kim Doe", "kim@example.org")]),
        ("Kim Doe, kim@example.org\n\n", [(1, "Kim Doe", "kim@example.org")]),
        ("kim@example.org\tKim Doe", [(1, "Kim Doe", "kim@example.org")]),
        ("Vorname;Nachname;E-Mail\nKim;Doe;kim@example.org", [(2, "Kim Doe", "kim@example.org")]),
        ('name,email\n"Doe, Kim",kim@example.org', [(2, "Doe, Kim", "kim@example.org")]),
    ],
)
def test_lists_as_people_have_them(in_acme: Tenant, text: str, people: list[tuple[int, str, str]]) -> None:
    assert rows(make_batch(text)) == [(*person, "") for person in people]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Zoë".encode(), "Zoë"),
        ("\ufeffZoë".encode(), "Zoë"),
        ("Zoë".encode("utf-16"), "Zoë"),
        ("Zoë".encode("cp1252"), "Zoë"),
    ],
)
def test_files_as_spreadsheets_write_them(content: bytes, text: str) -> None:
    assert tables.decode(content) == text


@pytest.mark.parametrize("text", ["", "\n \n", "a@b.example\n" * (tables.MAX_ROWS + 2)])
def test_a_list_that_cannot_be_taken_says_why(text: str) -> None:
    with pytest.raises(TableError):
        tables.read_table(text)


def test_each_row_says_what_keeps_it_from_being_invited(in_acme: Tenant) -> None:
    interview = InterviewFactory.create()
    make_invitation(interview=interview, candidate=CandidateFactory(email="old@example.org"))
    text = (
        "name,email,language,time zone,extra time,deadline\n"
        "Kim,kim@example.org,en,Asia/Tokyo,300%,2099-12-31\n"
        "Kim again,KIM@example.org,,,,\n"
        "Old,old@example.org,,,,\n"
        "Nobody,,,,,\n"
        "Bad,not an address,,,,\n"
        "Li,li@example.org,tlh,,,\n"
        "Mo,mo@example.org,,Mars/Olympus,,\n"
        "No,no@example.org,,,4.1,\n"
        "Oz,oz@example.org,,,,2001-01-01\n"
        f"{'x' * 161},long@example.org,,,,\n"
        "=1+1,sum@example.org,,,,\n"
    )
    batch = make_batch(text, interview)
    assert [problem for _number, _name, _email, problem in rows(batch)] == [
        "",
        "The same address is in row 2.",
        "Already invited to this interview: created.",
        "There is no e-mail address.",
        "This is not an e-mail address.",
        "The interview is not offered in “tlh”.",
        "“Mars/Olympus” is no time zone; write one such as Europe/Berlin.",
        "Extra time goes from 0% to 300%, or as a factor from 1 to 4.",
        "Choose a time in the future.",
        "This name is longer than 160 characters.",
        "This name begins as a formula does.",
    ]
    first = batch.rows.get(number=2)
    assert first.expires_at is not None
    assert (first.locale, first.time_zone, first.extra_time, first.expires_at.isoformat()) == (
        "en",
        "Asia/Tokyo",
        4.0,
        "2099-12-31T14:59:00+00:00",
    )
    assert batches.count_rows(batch=batch) == {"ready": 1, "problem": 10, "invited": 0, "total": 11}


HEADINGS = "E-mail;Name;Language;Time zone;Extra time;Expiry;Note"


def test_every_column_lands_on_the_invitation_and_its_candidate(in_acme: Tenant) -> None:
    text = (
        f"{HEADINGS}\n"
        "kim@example.org;Kim;German;europe/berlin;25 %;2099-12-31;Dear Kim,\n"
        'sam@example.org;Sam;;America/New York;1,75;2099-06-01 18:00;"Two lines;\nof it"\n'
        "lee@example.org;Lee;;;;;\n"
    )
    interview = InterviewFactory.create(languages=["en", "de"])
    Question.objects.update(translations={"de": {"text": "Warum?"}})
    batch = make_batch(text, interview, extra_time=2.0, personal_note="All of you", time_zone="Asia/Tokyo", locale="en")
    assert [row[-1] for row in rows(batch)] == ["", "", ""]
    batches.start_batch(batch=batch)
    work_off(batch)
    invited = Invitation.objects.select_related("candidate").order_by("candidate__email")
    kim, lee, sam = (
        (
            one.candidate.name,
            one.candidate.locale,
            one.candidate.time_zone,
            one.extra_time,
            one.expires_at.isoformat(),
            one.personal_note,
        )
        for one in invited
    )
    assert kim == ("Kim", "de", "Europe/Berlin", 1.25, "2099-12-31T22:59:00+00:00", "Dear Kim,")
    assert sam == ("Sam", "en", "America/New_York", 1.75, "2099-06-01T22:00:00+00:00", "Two lines;\nof it")
    assert lee == ("Lee", "en", "Asia/Tokyo", 2.0, batch.expires_at.isoformat(), "All of you")
    mails = {mail.recipient: mail.text_body for mail in OutgoingEmail.objects.all()}
    assert ("Hello Sam," in mails["sam@example.org"], "Two lines;\nof it" in mails["sam@example.org"]) == (True, True)
    assert "Guten Tag, Kim," in mails["kim@example.org"]


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (";;;2001-01-01;", "Choose a time in the future."),
        (";;;2099-13-01;", "“2099-13-01” is no date; write 2026-12-31 or 2026-12-31 18:00."),
        (";;;31.12.2099;", "“31.12.2099” is no date; write 2026-12-31 or 2026-12-31 18:00."),
        (";;;9999-12-31;", "Choose a time before the year 2101."),
        (";Mars/Olympus;;;", "“Mars/Olympus” is no time zone; write one such as Europe/Berlin."),
        ("Klingon;;;;", "The interview is not offered in “Klingon”."),
        ("French;;;;", "The interview is not offered in “French”."),
        (";;4.1;;", "Extra time goes from 0% to 300%, or as a factor from 1 to 4."),
        (";;301%;;", "Extra time goes from 0% to 300%, or as a factor from 1 to 4."),
        (";;-10%;;", "Extra time goes from 0% to 300%, or as a factor from 1 to 4."),
        (";;nan;;", "Extra time goes from 0% to 300%, or as a factor from 1 to 4."),
        (";;a lot;;", "“a lot” is no extra time; write 1.5 or 50%."),
        (f";;;;{'x' * 2001}", "The note is longer than 2,000 characters."),
        (f";;;;{'x' * 2000}", ""),
    ],
)
def test_a_value_that_cannot_be_taken_is_that_rows_problem(in_acme: Tenant, cells: str, problem: str) -> None:
    batch = make_batch(f"{HEADINGS}\nkim@example.org;Kim;{cells}\nsam@example.org;Sam;;;;;\n")
    assert [row[-1] for row in rows(batch)] == [problem, ""]


def test_columns_can_be_named_anew(in_acme: Tenant) -> None:
    batch = make_batch("a,b\nKim,kim@example.org")
    batches.map_columns(batch=batch, mapping={"email": 1, "name": 0}, has_header=True)
    assert rows(batch) == [(2, "Kim", "kim@example.org", "")]
    with pytest.raises(batches.BatchError):
        batches.map_columns(batch=batch, mapping={"name": 0}, has_header=True)


def test_checking_invites_nobody(in_acme: Tenant) -> None:
    make_batch("kim@example.org")
    assert (Invitation.objects.count(), OutgoingEmail.objects.count(), Candidate.objects.count()) == (0, 0, 0)


def work_off(batch: InvitationBatch) -> int:
    """Until it is done; how many turns that took."""
    turns = 1
    while batches.work_off(batch_id=batch.pk):
        turns += 1
    return turns


def test_all_are_invited_in_turns_and_once(in_acme: Tenant) -> None:
    batch = make_batch("\n".join(f"kim{n}@example.org" for n in range(150)), personal_note="See you!", locale="en")
    batches.start_batch(batch=batch)
    batches.start_batch(batch=batch)
    assert (batch.status, batch.table) == (BatchStatus.RUNNING, [])
    assert work_off(batch) == 150 / batches.CHUNK
    batch.refresh_from_db()
    assert batch.status == BatchStatus.DONE
    assert batches.count_rows(batch=batch) == {"ready": 0, "problem": 0, "invited": 150, "total": 150}
    assert (Invitation.objects.count(), OutgoingEmail.objects.count()) == (150, 150)
    assert batch.rows.filter(invitation=None).count() == 0
    assert batches.work_off(batch_id=batch.pk) is False
    assert Invitation.objects.filter(personal_note="See you!").count() == 150


def test_a_worker_that_dies_in_a_turn_leaves_nobody_invited_twice(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_scope(acme):
        batch = make_batch("\n".join(f"kim{n}@example.org" for n in range(60)))
        batches.start_batch(batch=batch)
    whole, calls = batches.invite_row, [0]

    def die_half_way(*arguments: Any) -> None:
        calls[0] += 1
        if calls[0] == 55:
            raise SystemExit
        whole(*arguments)

    monkeypatch.setattr(batches, "invite_row", die_half_way)
    tasks.work_off_batch(str(acme.pk), str(batch.pk))
    with pytest.raises(SystemExit):
        tasks.work_off_batch(str(acme.pk), str(batch.pk))
    with tenant_scope(acme):
        assert Invitation.objects.count() == 50
        InvitationBatch.objects.update(worked_at=timezone.now() - timedelta(minutes=2))
    assert sweeps.batches_to_work_off() == [(acme.pk, batch.pk)]
    tasks.work_off_batch(str(acme.pk), str(batch.pk))
    with tenant_scope(acme):
        assert (Invitation.objects.count(), Candidate.objects.count()) == (60, 60)
        assert InvitationBatch.objects.get().status == BatchStatus.DONE
    assert sweeps.batches_to_work_off() == []


def test_somebody_invited_meanwhile_is_left_out(in_acme: Tenant) -> None:
    interview = InterviewFactory.create()
    batch = make_batch("kim@example.org\nsam@example.org", interview)
    make_invitation(interview=interview, candidate=CandidateFactory(email="kim@example.org"))
    batches.start_batch(batch=batch)
    work_off(batch)
    assert rows(batch) == [
        (1, "Kim", "kim@example.org", "Invited meanwhile: created."),
        (2, "Sam", "sam@example.org", ""),
    ]


def test_a_list_waits_at_the_hourly_limit_and_goes_on(acme: Tenant) -> None:
    Tenant.objects.filter(pk=acme.pk).update(max_hourly_invitations=2)
    with tenant_scope(acme):
        batch = make_batch("\n".join(f"kim{n}@example.org" for n in range(3)))
        batches.start_batch(batch=batch)
    tasks.work_off_batch(str(acme.pk), str(batch.pk))
    with tenant_scope(acme):
        batch.refresh_from_db()
        first = Invitation.objects.earliest("created_at")
        assert (batch.status, batch.waits_until) == (BatchStatus.RUNNING, first.created_at + timedelta(hours=1))
        assert batches.count_rows(batch=batch) == {"ready": 1, "problem": 0, "invited": 2, "total": 3}
        InvitationBatch.objects.update(worked_at=timezone.now() - timedelta(minutes=59))
    assert sweeps.batches_to_work_off() == []
    with tenant_scope(acme):
        Invitation.objects.update(created_at=timezone.now() - timedelta(hours=1))
        InvitationBatch.objects.update(waits_until=timezone.now())
    assert sweeps.batches_to_work_off() == [(acme.pk, batch.pk)]
    tasks.work_off_batch(str(acme.pk), str(batch.pk))
    with tenant_scope(acme):
        batch.refresh_from_db()
        assert (batch.status, batch.waits_until, Invitation.objects.count()) == (BatchStatus.DONE, None, 3)


def test_a_deadline_that_passes_while_the_list_waits_is_said(in_acme: Tenant) -> None:
    batch = make_batch("kim@example.org")
    batches.start_batch(batch=batch)
    batch.rows.update(expires_at=timezone.now())
    work_off(batch)
    assert rows(batch)[0][3] == "The deadline has passed meanwhile."
    assert not Invitation.objects.exists()


def test_a_list_is_discarded_before_it_starts_and_not_after(in_acme: Tenant) -> None:
    batches.discard_batch(batch=make_batch("kim@example.org"))
    assert InvitationBatch.objects.count() == 0
    started = make_batch("kim@example.org")
    batches.start_batch(batch=started)
    for step in (
        batches.discard_batch,
        lambda batch: batches.map_columns(batch=batch, mapping={"email": 0}, has_header=False),
    ):
        with pytest.raises(batches.BatchError):
            step(batch=started)
