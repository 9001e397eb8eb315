"""The story's states and the steps allowed between them: the one place that knows both."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TransitionError(ValueError):
    """A status was asked to take a step that its kind does not allow."""

    def __init__(self, current: TextChoices, new: TextChoices) -> None:
        super().__init__(f"{type(current).__name__}: {current.value} cannot become {new.value}.")


class InvitationStatus(TextChoices):
    """`failed` is one that its candidate broke off, or lost, more often than the interview lets them come back.

    It is closed for them until staff grant one more start. What goes wrong on our side fails no invitation: a bot that
    does not start can be started again, an address that bounces be corrected, and a result goes on without its scores.
    """

    CREATED = "created", _("Created")
    INVITED = "invited", _("Invited")
    IN_PROGRESS = "in_progress", _("In progress")
    PROCESSING = "processing", _("Processing")
    COMPLETED = "completed", _("Completed")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    CANCELED = "canceled", _("Canceled")
    FAILED = "failed", _("Broken off")


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
    REJOINED = "rejoined", _("Candidate connected anew")
    BOT_LOST = "bot_lost", _("Interviewer lost")
    NEVER_JOINED = "never_joined", _("Candidate never joined")
    START_FAILED = "start_failed", _("Could not start")


#: Invitations under which the candidate can still begin, or go on.
OPEN_STATUSES = (
    InvitationStatus.CREATED,
    InvitationStatus.INVITED,
    InvitationStatus.IN_PROGRESS,
)

#: After these the same link goes on at the question where the session broke.
RESUMABLE = frozenset(
    {
        EndReason.LEFT,
        EndReason.CONNECTION_LOST,
        EndReason.REJOINED,
        EndReason.BOT_LOST,
        EndReason.NEVER_JOINED,
        EndReason.START_FAILED,
    }
)

#: A session that ends for one of these cost the candidate one of the interview's retries; a connection that was lost
#: only if they stayed away (domain.retries.RETURN_WITHIN).
COUNTS_AS_RETRY = frozenset({EndReason.LEFT, EndReason.CONNECTION_LOST})


class InterviewStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")


class SimulationState(TextChoices):
    """Of a rehearsal that a simulated candidate holds."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class EmailKind(TextChoices):
    INVITATION = "invitation", _("Invitation")
    REMINDER = "reminder", _("Reminder")
    ALMOST_EXPIRED = "almost_expired", _("Almost expired")
    PLANNED = "planned", _("Time chosen")
    EXTENDED = "extended", _("New deadline")
    DONE = "done", _("Thank you")
    CANCELED = "canceled", _("Withdrawn")
    DECLINED = "declined", _("Declined")
    DELETED = "deleted", _("Data deleted")
    REQUEST = "request", _("A candidate asks")
    RESULT = "result", _("A result is ready")
    LIMIT = "limit", _("Minutes used up")
    NOTICE = "notice", _("Notice to the owners")


#: Mails that lead to an interview; not sent any more once the invitation has closed.
INVITING_KINDS = (
    EmailKind.INVITATION,
    EmailKind.REMINDER,
    EmailKind.ALMOST_EXPIRED,
    EmailKind.PLANNED,
    EmailKind.EXTENDED,
)


#: Mails to staff about an invitation; all others about one go to its candidate.
STAFF_KINDS = (EmailKind.REQUEST, EmailKind.RESULT, EmailKind.NOTICE)


class EmailStatus(TextChoices):
    """`delivered`, `bounced` and `complained` are what the mail provider reports later, where there is one."""

    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    BOUNCED = "bounced", _("Bounced")
    COMPLAINED = "complained", _("Marked as spam")
    FAILED = "failed", _("Failed")


class CandidateWish(TextChoices):
    """What a candidate may ask for instead of this interview as it is."""

    PERSON = "person", _("A person")
    FORMAT = "format", _("Another format")


class BatchStatus(TextChoices):
    DRAFT = "draft", _("Being checked")
    RUNNING = "running", _("Inviting")
    DONE = "done", _("Done")


class BatchRowState(TextChoices):
    READY = "ready", _("Ready")
    PROBLEM = "problem", _("Left out")
    INVITED = "invited", _("Invited")


class WebhookEventType(TextChoices):
    INVITATION_CREATED = "invitation.created", _("Invitation created")
    INVITATION_INVITED = "invitation.invited", _("Invitation mailed")
    INVITATION_BOUNCED = "invitation.bounced", _("Invitation bounced")
    INVITATION_DECLINED = "invitation.declined", _("Invitation declined")
    INVITATION_EXPIRED = "invitation.expired", _("Invitation expired")
    INVITATION_CANCELED = "invitation.canceled", _("Invitation canceled")
    INVITATION_FAILED = "invitation.failed", _("Invitation broken off")
    SESSION_STARTED = "session.started", _("Session started")
    SESSION_RESUMED = "session.resumed", _("Session resumed")
    SESSION_ENDED = "session.ended", _("Session ended")
    RESULT_READY = "result.ready", _("Result ready")
    RESULT_UPDATED = "result.updated", _("Result updated")
    CANDIDATE_DATA_DELETED = "candidate.data_deleted", _("Candidate's data deleted")
    TEST = "webhook.test", _("Test")


class DeliveryStatus(TextChoices):
    PENDING = "pending", _("Pending")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")


class AtsSystem(TextChoices):
    """The applicant tracking systems with a folder in `interviews/ats/`."""

    GREENHOUSE = "greenhouse", "Greenhouse"
    ASHBY = "ashby", "Ashby"
    WORKABLE = "workable", "Workable"
    RECRUITEE = "recruitee", "Recruitee"


class AtsDirection(TextChoices):
    IN = "in", _("From the ATS")
    OUT = "out", _("To the ATS")


class ErasureStatus(TextChoices):
    REQUESTED = "requested", _("Requested")
    COMPLETED = "completed", _("Completed")


class Mode(TextChoices):
    VOICE = "voice", _("Voice")
    TEXT = "text", _("Typing")


class ScoringStatus(TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


OPEN_SCORINGS = (ScoringStatus.QUEUED, ScoringStatus.RUNNING)


class Withheld(TextChoices):
    """Why a competency has no level, in words for those who read the result."""

    NO_ANSWER = "no_answer", _("The candidate gave no answer to judge.")
    NOTHING_SHOWN = "nothing", _("The model found nothing in the answer that shows this competency.")
    NO_QUOTE = "no_quote", _("The model's quotes are not in the candidate's own words.")
    OUT_OF_RANGE = "range", _("The model gave no level from 1 to 5.")
    MALFORMED = "malformed", _("The model's reply could not be read.")
    DECLINED = "declined", _("The model declined to judge this answer.")
    DELIVERY = "delivery", _("The model judged how something was said instead of what was said.")


class Decision(TextChoices):
    ADVANCE = "advance", _("Advance")
    HOLD = "hold", _("Hold")
    REJECT = "reject", _("Reject")


#: What each may become, in `domain.statuses.move` and nowhere else.
TRANSITIONS: dict[InvitationStatus | SessionStatus, frozenset[InvitationStatus | SessionStatus]] = {
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
    InvitationStatus.PROCESSING: frozenset({InvitationStatus.COMPLETED}),
    InvitationStatus.COMPLETED: frozenset(),
    InvitationStatus.DECLINED: frozenset(),
    InvitationStatus.EXPIRED: frozenset(
        {InvitationStatus.INVITED, InvitationStatus.IN_PROGRESS, InvitationStatus.CANCELED}
    ),
    InvitationStatus.CANCELED: frozenset(),
    InvitationStatus.FAILED: frozenset(
        {InvitationStatus.INVITED, InvitationStatus.IN_PROGRESS, InvitationStatus.CANCELED}
    ),
    SessionStatus.QUEUED: frozenset({SessionStatus.STARTING, SessionStatus.ENDED}),
    # A claim that went stale is taken over: it starts anew.
    SessionStatus.STARTING: frozenset(
        {SessionStatus.STARTING, SessionStatus.QUEUED, SessionStatus.WAITING, SessionStatus.ENDED}
    ),
    SessionStatus.WAITING: frozenset({SessionStatus.LIVE, SessionStatus.ENDED}),
    SessionStatus.LIVE: frozenset({SessionStatus.ENDED}),
    # A bot given up for lost that beats again, while nobody took its place, is live once more.
    SessionStatus.ENDED: frozenset({SessionStatus.LIVE}),
}


class RecordingState(TextChoices):
    """`uploading` while chunks may still come or wait to be put together."""

    UPLOADING = "uploading", _("Uploading")
    READY = "ready", _("Ready")


class CommandName(TextChoices):
    """As in the contract's RelayCommand."""

    SAY = "say", _("Say a sentence")
    EXTEND = "extend", _("Give more time")
    SKIP = "skip", _("Skip the question")
    END = "end", _("End the interview")


class CommandStatus(TextChoices):
    PENDING = "pending", _("Pending")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
