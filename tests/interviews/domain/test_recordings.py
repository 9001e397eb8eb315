from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import storages
from django.test import Client, TestCase
from django.utils import timezone

from botrunner.contract import (
    RECORDING_CHUNK_LIMIT,
    BotJob,
    CompletionReason,
    InterviewCompleted,
    InterviewStarted,
    Role,
    TurnAdded,
)
from interviews import tasks
from interviews.domain import recordings, relay, sessions, sweeps
from interviews.domain.invitations import record_recording_consent
from interviews.enums import EndReason, Mode, RecordingState
from interviews.models import Invitation, Recording, RecordingChunk, Session
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.factories import InterviewFactory, frame, launch_session, make_invitation, open_relay

BEGUN = timezone.now().replace(microsecond=0)


class Bot:
    """The bot of a recorded session, as Django meets it: over HTTP, with a token and nothing else."""

    def __init__(self, job: BotJob, lease: relay.RelayLease) -> None:
        assert job.recording is not None
        self.path = job.recording.url[job.recording.url.index("/bot/") :]
        self.session_id, self.tenant_id = lease.session_id, lease.tenant_id
        self.lease = lease
        self.headers = {"Authorization": f"Bearer {job.recording.token}", "X-Bot-Instance": str(lease.instance)}

    def bring(self, number: int, audio: bytes = b"", *, path: str = "", headers: dict[str, str] | None = None) -> int:
        """The status. Chunk n is by default ten seconds of the byte n."""
        with TestCase.captureOnCommitCallbacks(execute=False):
            answer = Client().post(
                f"{path or self.path}/{number}",
                data=audio or bytes([number]) * 100,
                content_type="audio/mpeg",
                headers={
                    "X-Recording-Started-At": (BEGUN + timedelta(seconds=10 * (number - 1))).isoformat(),
                    "X-Recording-Seconds": "10",
                    **self.headers,
                    **(headers or {}),
                },
            )
        return answer.status_code

    def say(self, seq: int, event: Any) -> None:
        relay.store_frames(lease=self.lease, frames=[frame(seq, event)])

    def hold(self) -> None:
        self.say(1, InterviewStarted(question_count=2, total_limit=1800))

    def end(self) -> None:
        self.say(2, InterviewCompleted(reason=CompletionReason.ALL_ANSWERED))

    def assemble(self) -> bool:
        with TestCase.captureOnCommitCallbacks(execute=True):
            return recordings.assemble_recording(tenant_id=self.tenant_id, session_id=self.session_id)

    @property
    def stored(self) -> list[int]:
        with tenant_scope(self.tenant_id):
            rows = RecordingChunk.objects.filter(session_id=self.session_id)
            return list(rows.order_by("number").values_list("number", flat=True))

    @property
    def recording(self) -> Recording:
        with tenant_scope(self.tenant_id):
            return Recording.objects.get(session_id=self.session_id)

    @property
    def heard(self) -> list[int]:
        """The numbers of the chunks in the file, in its order."""
        with self.recording.file.open("rb") as file:
            audio = file.read()
        assert len(audio) == self.recording.size
        return list(audio[::100])


def make_recorded(tenant: Tenant) -> Session:
    with tenant_scope(tenant):
        invitation = make_invitation(interview=InterviewFactory.create(record=True))
        record_recording_consent(invitation=invitation, locale="en")
        return sessions.request_session(invitation=invitation, mode=Mode.VOICE, record=True)


def send_bot(session: Session) -> Bot:
    with tenant_scope(session.tenant_id):
        job = launch_session(session)
    return Bot(job, open_relay(job))


def stored_files() -> list[str]:
    """The names in storage of everything about recordings."""
    root = storages["recordings"]
    found, folders = [], ["recordings"]
    while folders:
        folder = folders.pop()
        try:
            below, files = root.listdir(folder)
        except FileNotFoundError:
            continue
        folders += [f"{folder}/{name}" for name in below]
        found += [f"{folder}/{name}" for name in files]
    return sorted(found)


@pytest.fixture
def session(acme: Tenant) -> Session:
    return make_recorded(acme)


@pytest.fixture
def bot(session: Session) -> Bot:
    bot = send_bot(session)
    bot.hold()
    return bot


class TestConsent:
    def test_what_was_agreed_to_is_kept_word_for_word(self, session: Session, acme: Tenant) -> None:
        with tenant_scope(acme):
            invitation = Invitation.objects.get(pk=session.invitation_id)
        assert (invitation.recording_consent_version, invitation.recording_consent_locale) == ("1", "en")
        assert invitation.recording_consent_text.startswith("I also agree to this conversation being recorded")
        assert invitation.recording_consented_at is not None

    @pytest.mark.parametrize(("offered", "agreed"), [(False, True), (True, False)])
    def test_no_bot_is_told_to_record_without_it(self, acme: Tenant, offered: bool, agreed: bool) -> None:
        with tenant_scope(acme):
            invitation = make_invitation(interview=InterviewFactory.create(record=offered))
            if agreed:
                record_recording_consent(invitation=invitation, locale="en")
            session = sessions.request_session(invitation=invitation, mode=Mode.VOICE, record=True)
            job = launch_session(session)
        assert (session.record, job.recording) == (False, None)

    def test_no_audio_is_taken_of_a_session_that_is_not_recorded(self, bot: Bot, acme: Tenant) -> None:
        with tenant_scope(acme):
            Session.objects.update(record=False)
        assert (bot.bring(1), bot.stored, stored_files()) == (403, [], [])

    def test_starting_again_without_it_stops_a_recording(self, bot: Bot, acme: Tenant) -> None:
        assert bot.bring(1) == 201
        with tenant_scope(acme):
            invitation = Invitation.objects.get()
            again = sessions.request_session(invitation=invitation, mode=Mode.VOICE, record=False)
        assert (again.pk, bot.bring(2), bot.stored) == (bot.session_id, 403, [1])


class TestChunks:
    def test_the_job_says_where_they_go(self, session: Session, acme: Tenant, settings: Any) -> None:
        settings.RECORDINGS_URL = "https://interviews.example.com/bot/v1/recordings"
        with tenant_scope(acme):
            job = launch_session(session)
        assert job.recording is not None
        assert job.relay is not None
        assert job.recording.url == f"https://interviews.example.com/bot/v1/recordings/{session.pk}/chunks"
        assert job.recording.token == job.relay.token

    def test_they_are_kept_under_a_key_that_names_the_tenant(self, bot: Bot, acme: Tenant) -> None:
        assert bot.bring(1) == 201
        (name,) = stored_files()
        assert name.startswith(f"recordings/{acme.pk}/{bot.session_id}/000001-")
        assert bot.recording.state == RecordingState.UPLOADING

    def test_twice_is_once(self, bot: Bot) -> None:
        assert [bot.bring(1), bot.bring(1), bot.bring(2)] == [201, 200, 201]
        assert (bot.stored, len(stored_files())) == ([1, 2], 2)

    def test_a_token_opens_its_own_session_only(self, bot: Bot, acme: Tenant, globex: Tenant) -> None:
        for other in (send_bot(make_recorded(acme)), send_bot(make_recorded(globex))):
            assert (bot.bring(1, path=other.path), other.stored) == (404, [])
        assert stored_files() == []

    @pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer nonsense", "Basic nonsense"])
    def test_without_a_token_nothing_is_taken(self, bot: Bot, authorization: str) -> None:
        assert (bot.bring(1, headers={"Authorization": authorization}), bot.stored) == (401, [])

    def test_another_bot_of_the_session_is_turned_away(self, bot: Bot) -> None:
        assert bot.bring(1, headers={"X-Bot-Instance": str(uuid4())}) == 410
        assert bot.bring(1, headers={"X-Bot-Instance": "nonsense"}) == 400
        assert stored_files() == []

    def test_a_bot_the_relay_does_not_know_yet_may_try_again(self, session: Session, acme: Tenant) -> None:
        bot = send_bot(session)
        with tenant_scope(acme):
            Session.objects.update(bot_instance=None)
        assert bot.bring(1) == 409

    @pytest.mark.parametrize(
        ("size", "headers", "status"),
        [
            (RECORDING_CHUNK_LIMIT, {}, 201),
            (RECORDING_CHUNK_LIMIT + 1, {}, 413),
            (1, {"X-Recording-Seconds": "long"}, 400),
            (1, {"X-Recording-Seconds": "nan"}, 400),
            (1, {"X-Recording-Seconds": "-1"}, 400),
            (1, {"X-Recording-Started-At": "yesterday"}, 400),
            (1, {"X-Recording-Started-At": "2026-11-23T10:00:00"}, 400),
            (1, {"X-Recording-Started-At": "2026-13-33T10:00:00Z"}, 400),
        ],
    )
    def test_one_that_is_not_as_agreed_is_refused(
        self, bot: Bot, size: int, headers: dict[str, str], status: int
    ) -> None:
        assert bot.bring(1, bytes(size), headers=headers) == status
        assert len(stored_files()) == (status == 201)

    def test_other_types_and_empty_bodies_are_refused(self, bot: Bot) -> None:
        answers = [
            Client().post(f"{bot.path}/1", headers=bot.headers, CONTENT_TYPE=type_).status_code
            for type_ in ("text/html", "audio/mpeg")
        ]
        assert answers == [415, 400]

    def test_one_that_comes_late_is_taken_and_one_that_comes_too_late_is_not(self, bot: Bot, acme: Tenant) -> None:
        bot.bring(1)
        bot.end()
        assert bot.bring(2) == 201
        with tenant_scope(acme):
            Session.objects.update(ended_at=timezone.now() - recordings.LATE_LIMIT - timedelta(seconds=1))
        assert (bot.bring(3), bot.stored) == (410, [1, 2])


class TestAssembly:
    def test_the_chunks_become_one_file(self, bot: Bot) -> None:
        for number in (1, 2, 3):
            bot.bring(number)
        bot.end()
        assert bot.assemble() is True
        assert (bot.recording.state, bot.recording.seconds, bot.heard) == (RecordingState.READY, 30, [1, 2, 3])
        assert stored_files() == [bot.recording.file.name]

    def test_twice_is_once(self, bot: Bot) -> None:
        bot.bring(1)
        bot.end()
        assert [bot.assemble(), bot.assemble(), bot.heard] == [True, False, [1]]

    def test_a_running_session_is_left_alone(self, bot: Bot) -> None:
        bot.bring(1)
        assert (bot.assemble(), bot.recording.state) == (False, RecordingState.UPLOADING)

    def test_a_session_without_audio_has_no_recording(self, bot: Bot, acme: Tenant) -> None:
        bot.end()
        assert bot.assemble() is False
        with tenant_scope(acme):
            assert Recording.objects.count() == 0

    def test_a_gap_is_left_out(self, bot: Bot) -> None:
        for number in (1, 3):
            bot.bring(number)
        bot.end()
        bot.assemble()
        assert (bot.heard, bot.recording.seconds) == ([1, 3], 20)

    def test_a_file_that_storage_lost_is_left_out(self, bot: Bot) -> None:
        for number in (1, 2, 3):
            bot.bring(number)
        storages["recordings"].delete(stored_files()[1])
        bot.end()
        bot.assemble()
        assert (bot.heard, bot.recording.seconds, bot.stored) == ([1, 3], 20, [1, 3])

    def test_what_comes_after_it_is_added(self, bot: Bot, acme: Tenant) -> None:
        """As when a session was closed too early, and its bot came back."""
        for number in (1, 3):
            bot.bring(number)
        bot.end()
        bot.assemble()
        assert [bot.bring(number) for number in (1, 2, 3, 4)] == [200, 410, 200, 201]
        assert bot.assemble() is True
        assert (bot.heard, bot.recording.seconds) == ([1, 3, 4], 30)
        assert stored_files() == [bot.recording.file.name]

    def test_a_chunk_that_comes_in_meanwhile_is_not_lost(self, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
        bot.bring(1)
        bot.end()
        concatenate = recordings.concatenate

        def interrupted(**kwargs: Any) -> set[str]:
            monkeypatch.setattr(recordings, "concatenate", concatenate)
            bot.bring(2)
            return concatenate(**kwargs)

        monkeypatch.setattr(recordings, "concatenate", interrupted)
        assert (bot.assemble(), bot.recording.state) == (False, RecordingState.UPLOADING)
        assert (bot.assemble(), bot.heard) == (True, [1, 2])

    def test_the_last_chunk_has_it_done_at_once(self, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
        enqueued: list[tuple[str, UUID, UUID]] = []
        monkeypatch.setattr(recordings.queue, "enqueue", lambda *args: enqueued.append(args))
        bot.bring(1, headers={"X-Recording-Last": "1"})
        assert enqueued == []  # still running
        bot.end()
        enqueued.clear()
        bot.bring(2)
        bot.bring(3, headers={"X-Recording-Last": "1"})
        assert enqueued == [("assemble_recording", bot.tenant_id, bot.session_id)]

    def test_the_sweep_finds_those_whose_bot_was_lost(
        self, bot: Bot, acme: Tenant, globex: Tenant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = send_bot(make_recorded(globex))
        for one in (bot, other):
            one.bring(1)
            with tenant_scope(one.tenant_id):
                sessions.end_session(session=Session.objects.get(pk=one.session_id), reason=EndReason.BOT_LOST)
        assert sweeps.recordings_to_assemble() == []
        with tenant_scope(acme):
            Session.objects.update(ended_at=timezone.now() - recordings.LATE_LIMIT)
        monkeypatch.setattr(tasks.assemble_recording, "delay", tasks.assemble_recording)
        tasks.sweep()
        assert (bot.recording.state, other.recording.state) == (RecordingState.READY, RecordingState.UPLOADING)
        assert (bot.heard, sweeps.recordings_to_assemble()) == ([1], [])


class TestPlaces:
    def place(self, bot: Bot, *times: tuple[float, float]) -> list[tuple[float, float] | None]:
        """Where in the recording turns are that were said then, in seconds after its beginning."""
        for seq, (start, end) in enumerate(times, start=10):
            at = {"started_at": BEGUN + timedelta(seconds=start), "ended_at": BEGUN + timedelta(seconds=end)}
            with tenant_scope(bot.tenant_id):
                session = Session.objects.get(pk=bot.session_id)
                relay.add_turn(session=session, seq=seq, turn=TurnAdded(role=Role.BOT, text="Hello.", **at))
        with tenant_scope(bot.tenant_id):
            session = Session.objects.get(pk=bot.session_id)
            turns = list(session.turns.filter(seq__gte=10).order_by("seq"))
            places = recordings.place_turns(session=session, turns=turns)
        return [places.get(turn.pk) for turn in turns]

    def test_turns_are_where_they_were_said(self, bot: Bot) -> None:
        bot.bring(1)
        bot.bring(2)
        bot.end()
        bot.assemble()
        assert self.place(bot, (-2, 1.5), (4, 12.25), (19, 30), (40, 41)) == [(0, 1.5), (4, 12.25), (19, 20), None]

    def test_a_missing_chunk_moves_what_follows(self, bot: Bot) -> None:
        for number in (1, 3):
            bot.bring(number)
        bot.end()
        bot.assemble()
        assert self.place(bot, (4, 6), (8, 14), (13, 17), (22, 25)) == [(4, 6), (8, 10), None, (12, 15)]

    def test_without_a_recording_there_is_no_place(self, bot: Bot) -> None:
        assert self.place(bot, (4, 6)) == [None]


def test_a_deleted_session_takes_its_files_with_it(bot: Bot, acme: Tenant) -> None:
    bot.bring(1)
    bot.end()
    bot.assemble()
    bot.bring(2)
    assert len(stored_files()) == 2
    with TestCase.captureOnCommitCallbacks(execute=True), tenant_scope(acme):
        Session.objects.get(pk=bot.session_id).delete()
    assert stored_files() == []
