from interviews.models.bank import Question, QuestionBank
from interviews.models.email import OutgoingEmail
from interviews.models.event import Event, TranscriptTurn
from interviews.models.figures import SessionFigures
from interviews.models.interview import Interview, InterviewQuestion
from interviews.models.invitation import Candidate, Invitation, InvitationLink
from interviews.models.recording import Recording, RecordingChunk
from interviews.models.result import Answer, Result
from interviews.models.services import CompanyServices
from interviews.models.session import RunnerSlot, Session

__all__ = [
    "Answer",
    "Candidate",
    "CompanyServices",
    "Event",
    "Interview",
    "InterviewQuestion",
    "Invitation",
    "InvitationLink",
    "OutgoingEmail",
    "Question",
    "QuestionBank",
    "Recording",
    "RecordingChunk",
    "Result",
    "RunnerSlot",
    "Session",
    "SessionFigures",
    "TranscriptTurn",
]
