from interviews.models.ats import AtsCall, AtsCallback, AtsConnection
from interviews.models.bank import Question, QuestionBank
from interviews.models.batch import BatchRow, InvitationBatch
from interviews.models.command import SessionCommand
from interviews.models.email import EmailEvent, OutgoingEmail
from interviews.models.erasure import DataErasure
from interviews.models.event import Event, TranscriptTurn
from interviews.models.figures import SessionFigures
from interviews.models.idempotency import IdempotentRequest
from interviews.models.interview import Interview, InterviewQuestion, ResultRecipient
from interviews.models.invitation import Candidate, Invitation, InvitationLink
from interviews.models.order import Order
from interviews.models.recording import Recording, RecordingChunk
from interviews.models.rehearsal import Simulation
from interviews.models.result import Answer, Result
from interviews.models.result_link import ResultLink
from interviews.models.review import ResultComment, Review, ReviewScore
from interviews.models.scoring import CompetencyScore, ScoreSet, ScoringTokens
from interviews.models.self_identification import SelfIdentification
from interviews.models.services import CompanyServices
from interviews.models.session import RunnerSlot, Session
from interviews.models.version import InterviewVersion
from interviews.models.view import SavedView
from interviews.models.webhook import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent

__all__ = [
    "Answer",
    "AtsCall",
    "AtsCallback",
    "AtsConnection",
    "BatchRow",
    "Candidate",
    "CompanyServices",
    "CompetencyScore",
    "DataErasure",
    "EmailEvent",
    "Event",
    "IdempotentRequest",
    "Interview",
    "InterviewQuestion",
    "InterviewVersion",
    "Invitation",
    "InvitationBatch",
    "InvitationLink",
    "Order",
    "OutgoingEmail",
    "Question",
    "QuestionBank",
    "Recording",
    "RecordingChunk",
    "Result",
    "ResultComment",
    "ResultLink",
    "ResultRecipient",
    "Review",
    "ReviewScore",
    "RunnerSlot",
    "SavedView",
    "ScoreSet",
    "ScoringTokens",
    "SelfIdentification",
    "Session",
    "SessionCommand",
    "SessionFigures",
    "Simulation",
    "TranscriptTurn",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
]
