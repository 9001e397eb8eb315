"""Which of unfold's label kinds each status wears: success, info, warning, danger, or None for plain.

Every status has its line: unfold shows the bare value of one that is missing.
"""

from interviews.enums import BatchStatus, Decision, EmailStatus, InterviewStatus, InvitationStatus, SessionStatus

INVITATION_MARKS: dict[str, str | None] = {
    InvitationStatus.CREATED: None,
    InvitationStatus.INVITED: "info",
    InvitationStatus.IN_PROGRESS: "info",
    InvitationStatus.PROCESSING: "warning",
    InvitationStatus.COMPLETED: "success",
    InvitationStatus.DECLINED: "danger",
    InvitationStatus.EXPIRED: "warning",
    InvitationStatus.CANCELED: "danger",
    InvitationStatus.FAILED: "danger",
}
SESSION_MARKS: dict[str, str | None] = {
    SessionStatus.QUEUED: "warning",
    SessionStatus.STARTING: "warning",
    SessionStatus.WAITING: "info",
    SessionStatus.LIVE: "success",
    SessionStatus.ENDED: None,
}
INTERVIEW_MARKS: dict[str, str | None] = {
    InterviewStatus.DRAFT: "warning",
    InterviewStatus.PUBLISHED: "success",
    InterviewStatus.ARCHIVED: None,
}
EMAIL_MARKS: dict[str, str | None] = {
    EmailStatus.QUEUED: "info",
    EmailStatus.SENDING: "info",
    EmailStatus.SENT: "success",
    EmailStatus.DELIVERED: "success",
    EmailStatus.BOUNCED: "danger",
    EmailStatus.COMPLAINED: "danger",
    EmailStatus.FAILED: "danger",
}
BATCH_MARKS: dict[str, str | None] = {
    BatchStatus.DRAFT: "warning",
    BatchStatus.RUNNING: "info",
    BatchStatus.DONE: "success",
}
#: What staff should look at on an invitation; `interviews/console/attention.py` says which of them an invitation has.
ATTENTION_MARKS: dict[str, str | None] = {
    "bounced": "danger",
    "person": "warning",
    "format": "warning",
    "planned": "info",
    "": None,
}
DECISION_MARKS: dict[str, str | None] = {
    Decision.ADVANCE: "success",
    Decision.HOLD: "warning",
    Decision.REJECT: "danger",
}
