"""What Django and the bot agree on: the job, the plan, and the messages on the relay.

The one module of `botrunner` that `interviews` may import. It needs pydantic and nothing else, so
neither side drags the other's dependencies in.

Durations are seconds, times are timezone-aware UTC, ids are UUIDs in their canonical string form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

RTVI_LABEL = "rtvi-ai"

#: The longest that an answer and an interview may be planned to take, in seconds, and the largest factor that a
#: candidate may be granted on both.
QUESTION_LONGEST = 600
INTERVIEW_LONGEST = 4 * 3600
EXTRA_TIME_MOST = 4

#: Close codes of the relay WebSocket; a bot that meets one of these leaves and does not reconnect.
RELAY_CLOSE_UNAUTHORIZED = 4401
RELAY_CLOSE_SUPERSEDED = 4409


class Contract(BaseModel):
    """Base of everything on the wire: unknown fields are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# --- The job -----------------------------------------------------------------------------------


class PlannedQuestion(Contract):
    """One question, spoken word for word as `text`.

    An answer to a required one of fewer than `min_words` is not accepted before the candidate was asked for more.
    """

    id: UUID
    text: str
    competency: str = ""
    max_follow_ups: int = Field(default=1, ge=0, le=5)
    follow_up_guidance: str = ""
    min_words: int = Field(default=2, ge=0, le=100)
    time_limit: float = Field(default=180, ge=5, le=QUESTION_LONGEST * EXTRA_TIME_MOST)
    required: bool = True


class Persona(Contract):
    """How the interviewer presents itself. `company` and `interviewer` are spoken and shown."""

    company: str
    interviewer: str = "your interviewer"
    tone: str = "warm and professional"


class Role(StrEnum):
    BOT = "bot"
    CANDIDATE = "candidate"


class Modality(StrEnum):
    VOICE = "voice"
    TEXT = "text"
    MIXED = "mixed"


class PriorTurn(Contract):
    role: Role
    text: str
    question_id: UUID | None = None


class PriorAnswer(Contract):
    """Something said or typed in an earlier session."""

    text: str
    modality: Modality
    started_at: datetime
    ended_at: datetime


class PriorExchange(Contract):
    """One thing asked about an open question, itself or a follow-up, and what was answered to it."""

    asked: str
    answers: list[PriorAnswer] = []


class Checkpoint(Contract):
    """Where an earlier session of the same invitation broke off.

    `accepted` are the ids of the questions already answered, `current` the one to go on with, `exchanges` how far
    that one has come, `question_left` what is left of its time (None: all of it), `elapsed` the interview time already
    used, `transcript` what was said so far (for the summary). `talked_over` and `full_stops_missing` are what has been
    learnt of the candidate's pauses, as PatienceLearnt told it.
    """

    accepted: list[UUID] = []
    current: UUID | None = None
    exchanges: list[PriorExchange] = []
    question_left: float | None = None
    elapsed: float = 0
    transcript: list[PriorTurn] = []
    talked_over: int = 0
    full_stops_missing: bool = False


class InterviewPlan(Contract):
    """All the bot needs to hold one interview; compiled by Django and stored on the session.

    `extra_time` is the factor this candidate was granted. The plan's limits have it in them; the bot's own patience
    with silence and pauses is multiplied by it.
    """

    version: Literal[1] = 1
    title: str
    language: str = Field(default="en", description="BCP 47 tag of the interview's language")
    persona: Persona
    candidate_name: str = ""
    intro: str
    disclosure: str
    outro: str
    questions: list[PlannedQuestion] = Field(min_length=1)
    total_limit: float = Field(default=1800, ge=30, le=INTERVIEW_LONGEST * EXTRA_TIME_MOST)
    extra_time: float = Field(default=1, ge=1, le=EXTRA_TIME_MOST)
    retries: int = Field(default=3, ge=0)
    typing_allowed: bool = True
    checkpoint: Checkpoint | None = None


class RelayTarget(Contract):
    """Where this session's events go, and the token that opens this one session only."""

    url: str = Field(description="ws:// or wss:// URL of /bot/v1/relay")
    token: str


class RecordingTarget(Contract):
    """Where the audio goes while the interview is held: chunk n is POSTed to `{url}/{n}`, as `recording.py` says."""

    url: str = Field(description="http:// or https:// URL of /bot/v1/recordings/{session}/chunks")
    token: str


#: The audio: MP3 of constant bit rate, the candidate on the left, the bot on the right. A chunk is a piece of one
#: stream, whole frames, so that chunks put one after another are the recording.
RECORDING_TYPE = "audio/mpeg"
#: Bytes; a chunk of ten seconds has a third of that.
RECORDING_CHUNK_LIMIT = 256 * 1024
#: Headers of a chunk, beside RELAY_INSTANCE_HEADER: when its first sound was heard (ISO 8601), how long it is in
#: seconds, and "1" on the last one.
RECORDING_STARTED_HEADER = "X-Recording-Started-At"
RECORDING_SECONDS_HEADER = "X-Recording-Seconds"
RECORDING_LAST_HEADER = "X-Recording-Last"


class ServiceOffer(NamedTuple):
    """A service a job may name.

    `label` is for people. `needs` lists the sets of environment variables any one of which makes it the real
    provider; an empty set means that it needs none. `languages` are those it knows, where that is not nearly all.
    `note` tells whoever chooses what else comes with it.
    """

    label: str
    needs: tuple[tuple[str, ...], ...]
    languages: frozenset[str] | None = None
    note: str = ""

    def is_ready(self, environ: Mapping[str, str]) -> bool:
        """Whether a bot with this environment can make it; the sandbox speaks every service's protocol."""
        if environ.get("SANDBOX_URL"):
            return True
        return any(all(environ.get(variable) for variable in variables) for variables in self.needs)

    def knows(self, language: str) -> bool:
        """Whether it can be used for a BCP 47 tag."""
        return self.languages is None or language.split("-")[0].lower() in self.languages


#: developers.deepgram.com, "Flux Language Prompting" and "Voices and Languages".
FLUX_LANGUAGES = frozenset({"en", "de", "es", "fr", "hi", "it", "ja", "nl", "pt", "ru"})
AURA_LANGUAGES = frozenset({"en", "de", "es", "fr", "it", "ja", "nl"})

#: kind -> name -> offer. `botrunner.services` has a maker for each of them, and for no other.
SERVICES: dict[str, dict[str, ServiceOffer]] = {
    "stt": {
        "deepgram": ServiceOffer("Deepgram Nova", (("DEEPGRAM_API_KEY",),)),
        "deepgram-flux": ServiceOffer(
            "Deepgram Flux",
            (("DEEPGRAM_API_KEY",),),
            FLUX_LANGUAGES,
            note="It says itself when an answer is over, from voice and words; with Deepgram Nova the interviewer "
            "does, and gives a pause that sounds unfinished four seconds. Where the words must go on, as after "
            "“because”, the pause may be twice as long with either; with Nova also where no sentence has ended.",
        ),
    },
    "llm": {
        "azure": ServiceOffer("Azure OpenAI", (("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT"),)),
        "openai": ServiceOffer(
            "OpenAI, or an endpoint like it", (("OPENAI_API_KEY",), ("OPENAI_BASE_URL", "OPENAI_MODEL"))
        ),
    },
    "tts": {
        "gtts": ServiceOffer("Google Translate (gTTS)", ((),)),
        "deepgram-aura": ServiceOffer("Deepgram Aura", (("DEEPGRAM_API_KEY",),), AURA_LANGUAGES),
        "azure-speech": ServiceOffer(
            "Azure Speech",
            (("AZURE_SPEECH_API_KEY", "AZURE_SPEECH_REGION"), ("AZURE_SPEECH_API_KEY", "AZURE_SPEECH_ENDPOINT")),
        ),
    },
}


class BotJob(Contract):
    """The `body` of the runner's `/start`. `relay` is absent when a bot is tried without Django."""

    session_id: UUID
    tenant: str = Field(description="slug, for logs and per-tenant service settings")
    plan: InterviewPlan
    relay: RelayTarget | None = None
    recording: RecordingTarget | None = Field(default=None, description="given where the candidate agreed to it")
    services: dict[str, str] = Field(default_factory=dict, description="kind -> name; a missing kind is the runner's")


# --- Interview events: `data` of an RTVI server-message ----------------------------------------------


class InterviewStarted(Contract):
    type: Literal["interview.started"] = "interview.started"
    question_count: int
    total_limit: float
    elapsed: float = 0
    resumed: bool = False


class QuestionStarted(Contract):
    """`index` counts from 1. `time_left` is given where an earlier session has used some of `time_limit`."""

    type: Literal["question.started"] = "question.started"
    question_id: UUID
    index: int
    count: int
    text: str
    time_limit: float
    time_left: float | None = None
    required: bool = True


class FollowUpAsked(Contract):
    """`number` counts from 1 within the question. A session that resumes says again which one is open."""

    type: Literal["follow_up.asked"] = "follow_up.asked"
    question_id: UUID
    number: int
    text: str


class TimeWarning(Contract):
    type: Literal["time.warning"] = "time.warning"
    scope: Literal["question", "interview"]
    question_id: UUID | None = None
    seconds_left: float


class TimeSpent(Contract):
    """How the clocks stand, now and then while they run, and whenever they are stopped.

    Pauses and a candidate's absence are not in it. `elapsed` is the interview's, earlier sessions included.
    """

    type: Literal["time.spent"] = "time.spent"
    elapsed: float
    interview_left: float
    question_id: UUID
    question_left: float


class AnswerAccepted(Contract):
    """The whole answer to one question, follow-ups included, in the candidate's words.

    It comes again, longer, when the candidate goes on with it as the next question begins: the last one counts.
    """

    type: Literal["answer.accepted"] = "answer.accepted"
    question_id: UUID
    text: str
    modality: Modality
    reason: Literal["complete", "done", "time_limit", "skipped", "silence"]
    follow_ups: int = 0
    started_at: datetime
    ended_at: datetime


class TurnAdded(Contract):
    """One finished turn, as it was heard: interrupted bot speech ends where it was cut."""

    type: Literal["turn.added"] = "turn.added"
    role: Role
    text: str
    modality: Modality = Modality.VOICE
    question_id: UUID | None = None
    interrupted: bool = False
    started_at: datetime
    ended_at: datetime


class TurnLatency(Contract):
    """End of the candidate's turn to the bot's first audio, in seconds, with its parts by name."""

    type: Literal["turn.latency"] = "turn.latency"
    seconds: float
    parts: dict[str, float] = Field(default_factory=dict)


class TypingOffered(Contract):
    """After a long silence the candidate was told that an answer can be typed."""

    type: Literal["typing.offered"] = "typing.offered"
    question_id: UUID | None = None


class WaitOffered(Contract):
    """Somebody was talked over, and is told, once, that they can be waited for until they say that they are done."""

    type: Literal["wait.offered"] = "wait.offered"


class PatienceLearnt(Contract):
    """All that the interview has learnt so far about the ends of its answers, earlier sessions included.

    `talked_over` counts answers taken for over too early. With `full_stops_missing` a sentence was over without one.
    """

    type: Literal["patience.learnt"] = "patience.learnt"
    talked_over: int = 0
    full_stops_missing: bool = False


class InterviewTroubled(Contract):
    """Something failed on our side. `text` is what the candidate is told, in the interview's language."""

    type: Literal["interview.troubled"] = "interview.troubled"
    text: str


class VoiceUnavailable(Contract):
    """No voice is left to speak with: what is said can be read. `text` tells the candidate so."""

    type: Literal["voice.unavailable"] = "voice.unavailable"
    text: str


class InterviewPaused(Contract):
    """All time stands still. `reason` is `candidate` when the candidate asked for it, `silence` when nobody spoke."""

    type: Literal["interview.paused"] = "interview.paused"
    reason: str = ""


class InterviewResumed(Contract):
    type: Literal["interview.resumed"] = "interview.resumed"


CommandName = Literal["end", "skip", "extend", "say"]


class CommandProblem(StrEnum):
    """Why a command was not carried out."""

    NONE = ""
    NOT_BEGUN = "not_begun"
    CLOSING = "closing"
    QUESTION_OVER = "question_over"
    MALFORMED = "malformed"
    NOT_HEARD = "not_heard"


class CommandHandled(Contract):
    """What became of a command of the hiring team's: done, where there is no `problem`.

    A sentence is done when it has been heard to its end, and `not_heard` when something cut in. An
    extension says by how many `seconds`, and how much time is left with them.
    """

    type: Literal["command.handled"] = "command.handled"
    command_id: UUID
    name: CommandName
    problem: CommandProblem = CommandProblem.NONE
    seconds: float = 0
    question_left: float = 0
    interview_left: float = 0


class CompletionReason(StrEnum):
    ALL_ANSWERED = "all_answered"
    TIME_LIMIT = "time_limit"
    STAFF = "ended_by_staff"
    LEFT = "left"
    CONNECTION_LOST = "connection_lost"
    FAILED = "failed"


#: After these the candidate may come back, and goes on with the time that is left.
GOES_ON = frozenset({CompletionReason.LEFT, CompletionReason.CONNECTION_LOST, CompletionReason.FAILED})


class SummaryReady(Contract):
    """`text` is the summary shown in full; `spoken` the one sentence the bot says aloud."""

    type: Literal["summary.ready"] = "summary.ready"
    text: str
    spoken: str
    points: list[str] = []


class InterviewCompleted(Contract):
    """A session's last event. After those of GOES_ON the same link resumes; the others are final."""

    type: Literal["interview.completed"] = "interview.completed"
    reason: CompletionReason


InterviewEvent = Annotated[
    InterviewStarted
    | QuestionStarted
    | FollowUpAsked
    | TimeWarning
    | TimeSpent
    | AnswerAccepted
    | TurnAdded
    | TurnLatency
    | TypingOffered
    | WaitOffered
    | PatienceLearnt
    | InterviewTroubled
    | VoiceUnavailable
    | InterviewPaused
    | InterviewResumed
    | CommandHandled
    | SummaryReady
    | InterviewCompleted,
    Field(discriminator="type"),
]
interview_event: TypeAdapter[InterviewEvent] = TypeAdapter(InterviewEvent)


# --- Client messages: what the candidate's page sends beside RTVI's own `send-text` -------------------


class ClientMessageType(StrEnum):
    """`t` of an RTVI client-message. No arguments.

    `skip` counts for optional questions only, and `pause` once for each question and not for long. `typing` comes
    every few seconds while an answer is being typed. After `wait` spoken words are no answer before `done`, until
    `go_ahead`; a page says it again to each bot that it meets.
    """

    REPEAT = "interview.repeat"
    DONE = "interview.done"
    SKIP = "interview.skip"
    PAUSE = "interview.pause"
    RESUME = "interview.resume"
    TYPING = "interview.typing"
    WAIT = "interview.wait"
    GO_AHEAD = "interview.go_ahead"
    LEAVE = "interview.leave"


# --- The relay ----------------------------------------------------------------------------------


#: Header of the relay's handshake with a UUID the bot made up when it started. A session takes one
#: instance; a second bot of the same session is closed with RELAY_CLOSE_SUPERSEDED.
RELAY_INSTANCE_HEADER = "X-Bot-Instance"


class RelayHello(Contract):
    """server -> bot, first: everything up to `last_seq` is committed; resend what comes after."""

    type: Literal["hello"] = "hello"
    last_seq: int


#: NUL, and halves of surrogate pairs: JSON has escapes for both, Postgres and UTF-8 have no place for either.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def make_storable(value: Any) -> Any:
    """The same JSON value without the characters that would keep it, and all after it, from being stored."""
    match value:
        case str():
            return UNSTORABLE.sub("", value)
        case list():
            return [make_storable(item) for item in value]
        case dict():
            return {make_storable(name): make_storable(item) for name, item in value.items()}
    return value


class RelayFrame(Contract):
    """bot -> server. `seq` counts from 1 without gaps; `message` is an RTVI message as sent to the browser.

    On both ends a message is made storable, because a number that can't be stored would be sent again for ever.

    A frame without `seq` is passed on to watchers and never stored or acknowledged (levels, speaking states).
    One without `message` is a heartbeat, due every `HEARTBEAT_SECONDS`.
    """

    seq: int | None = Field(default=None, ge=1)
    at: datetime
    message: Annotated[dict[str, Any] | None, BeforeValidator(make_storable)] = None


HEARTBEAT_SECONDS = 5.0


class RelayAck(Contract):
    """server -> bot: every frame up to and including `seq` is committed."""

    type: Literal["ack"] = "ack"
    seq: int


class RelayCommand(Contract):
    """server -> bot. `say` takes `{"text": ...}`, `extend` `{"seconds": ...}`, `skip` the `{"question_id": ...}` meant.

    May come more than once, as after a reconnection; `id` says that it is the same. Each is answered with one
    `command.handled`.
    """

    type: Literal["command"] = "command"
    id: UUID
    name: CommandName
    args: dict[str, Any] = Field(default_factory=dict)


from_server: TypeAdapter[RelayHello | RelayAck | RelayCommand] = TypeAdapter(
    Annotated[RelayHello | RelayAck | RelayCommand, Field(discriminator="type")]
)

#: RTVI message types that are stored (and so numbered and acknowledged). All others are passed on only.
STORED_RTVI_TYPES = frozenset({"bot-ready", "server-message", "user-transcription", "metrics", "error"})


def rtvi_server_message(event: Contract) -> dict[str, Any]:
    """The RTVI message that carries an interview event.

    Source: RTVI standard, `server-message`, {"label", "type", "data"}.
    """
    return {"label": RTVI_LABEL, "type": "server-message", "data": event.model_dump(mode="json")}
