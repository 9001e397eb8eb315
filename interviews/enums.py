"""The story's states and the steps allowed between them: the one place that knows both."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TransitionError(ValueError):
    """A status was asked to take a step that its kind does not allow."""


class InvitationStatus(TextChoices):
    CREATED = "created", _("Created")
    INVITED = "invited", _("Invited")
    IN_PROGRESS = "in_progress", _("In progress")
    PROCESSING = "processing", _("Processing")
    COMPLETED = "completed", _("Completed")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    CANCELED = "canceled", _("Canceled")
    FAILED = "failed", _("Failed")


class SessionStatus(TextChoices):
    QUEUED = "queued", _("Waiting for a free interviewer")
    STARTING = "starting", _("Starting")
    WAITING = "waiting", _("Waiting for the candidate")
    LIVE = "live", _("Live")
    ENDED = "ended", _("Ended")


class EndReason(TextChoices):
    COMPLETED = "completed", _("Completed")
    TIME_LIMIT = "time_limit", _("Out of time")
    ENDED_BY_STAFF = "ended_by_staff", _("Ended by staff")
    CANCELED = "canceled", _("Invitation closed")
    LEFT = "left", _("Candidate left")
    CONNECTION_LOST = "connection_lost", _("Connection lost")
    BOT_LOST = "bot_lost", _("Interviewer lost")
    NEVER_JOINED = "never_joined", _("Candidate never joined")
    START_FAILED = "start_failed", _("Could not start")


#: Invitations under which the candidate can still begin, or go on.
OPEN_STATUSES = (
    InvitationStatus.CREATED,
    InvitationStatus.INVITED,
    InvitationStatus.IN_PROGRESS,
    InvitationStatus.FAILED,
)

#: After these the same link goes on at the question where the session broke.
RESUMABLE = frozenset(
    {
        EndReason.LEFT,
        EndReason.CONNECTION_LOST,
        EndReason.BOT_LOST,
        EndReason.NEVER_JOINED,
        EndReason.START_FAILED,
    }
)

#: A session that ends for one of these cost the candidate one of the interview's retries.
COUNTS_AS_RETRY = frozenset({EndReason.LEFT, EndReason.CONNECTION_LOST})


class InterviewStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")


class EmailKind(TextChoices):
    INVITATION = "invitation", _("Invitation")


class EmailStatus(TextChoices):
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class Mode(TextChoices):
    VOICE = "voice", _("Voice")
    TEXT = "text", _("Typing")


TRANSITIONS: dict[TextChoices, frozenset[TextChoices]] = {
    InvitationStatus.CREATED: frozenset(
        {
            InvitationStatus.INVITED,
            InvitationStatus.IN_PROGRESS,
            InvitationStatus.DECLINED,
            InvitationStatus.EXPIRED,
            InvitationStatus.CANCELED,
            InvitationStatus.FAILED,
        }
    ),
    InvitationStatus.INVITED: frozenset(
        {
            InvitationStatus.IN_PROGRESS,
            InvitationStatus.DECLINED,
            InvitationStatus.EXPIRED,
            InvitationStatus.CANCELED,
            InvitationStatus.FAILED,
        }
    ),
    InvitationStatus.IN_PROGRESS: frozenset(
        {
            InvitationStatus.PROCESSING,
            InvitationStatus.DECLINED,
            InvitationStatus.EXPIRED,
            InvitationStatus.CANCELED,
            InvitationStatus.FAILED,
        }
    ),
    InvitationStatus.PROCESSING: frozenset({InvitationStatus.COMPLETED, InvitationStatus.FAILED}),
    InvitationStatus.COMPLETED: frozenset(),
    InvitationStatus.DECLINED: frozenset(),
    InvitationStatus.EXPIRED: frozenset(
        {InvitationStatus.INVITED, InvitationStatus.IN_PROGRESS, InvitationStatus.CANCELED}
    ),
    InvitationStatus.CANCELED: frozenset(),
    InvitationStatus.FAILED: frozenset(
        {InvitationStatus.INVITED, InvitationStatus.IN_PROGRESS, InvitationStatus.PROCESSING, InvitationStatus.CANCELED}
    ),
    SessionStatus.QUEUED: frozenset({SessionStatus.STARTING, SessionStatus.ENDED}),
    SessionStatus.STARTING: frozenset({SessionStatus.QUEUED, SessionStatus.WAITING, SessionStatus.ENDED}),
    SessionStatus.WAITING: frozenset({SessionStatus.LIVE, SessionStatus.ENDED}),
    SessionStatus.LIVE: frozenset({SessionStatus.ENDED}),
    # A bot given up for lost that beats again, while nobody took its place, is live once more.
    SessionStatus.ENDED: frozenset({SessionStatus.LIVE}),
}


def check_transition(current: TextChoices, new: TextChoices) -> None:
    """Raise TransitionError unless `new` may follow `current`. Standing still is not a step."""
    if new not in TRANSITIONS[current]:
        raise TransitionError(f"{type(current).__name__}: {current.value} cannot become {new.value}.")


class RecordingState(TextChoices):
    """`uploading` while chunks may still come or wait to be put together."""

    UPLOADING = "uploading", _("Uploading")
    READY = "ready", _("Ready")
