"""Which of unfold's label kinds each status wears: success, info, warning, danger, or None for plain.

Every status has its line: unfold shows the bare value of one that is missing.
"""

from interviews.enums import EmailStatus, InterviewStatus, InvitationStatus, SessionStatus

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
    EmailStatus.FAILED: "danger",
}
