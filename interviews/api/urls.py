"""The native API, version 1."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularRedocView

from interviews.api import (
    banks,
    candidate_data,
    candidates,
    hooks,
    interviews,
    invitations,
    results,
    sessions,
    usage,
    webhooks,
)
from interviews.api.base import NothingHere
from interviews.api.ids import register_converters

register_converters()
app_name = "api"

urlpatterns = [
    path("interviews", interviews.Interviews.as_view(), name="interviews"),
    path("interviews/<interview:pk>", interviews.InterviewDetail.as_view(), name="interview"),
    path("question-banks", banks.Banks.as_view(), name="question-banks"),
    path("question-banks/<bank:pk>", banks.BankDetail.as_view(), name="question-bank"),
    path("question-banks/<bank:pk>/questions", banks.BankQuestions.as_view(), name="bank-questions"),
    path("question-banks/<bank:pk>/questions/<question:question>", banks.BankQuestion.as_view(), name="bank-question"),
    path("candidates", candidates.Candidates.as_view(), name="candidates"),
    path("candidates/<candidate:pk>", candidates.CandidateDetail.as_view(), name="candidate"),
    path("candidates/<candidate:pk>/data", candidate_data.CandidateData.as_view(), name="candidate-data"),
    path("erasures/<erasure:pk>", candidates.ErasureDetail.as_view(), name="erasure"),
    path("invitations", invitations.Invitations.as_view(), name="invitations"),
    path("invitations/<invitation:pk>", invitations.InvitationDetail.as_view(), name="invitation"),
    path("invitations/<invitation:pk>/cancel", invitations.CancelInvitation.as_view(), name="cancel"),
    path("invitations/<invitation:pk>/resend", invitations.ResendInvitation.as_view(), name="resend"),
    path("invitations/<invitation:pk>/new-link", invitations.NewLink.as_view(), name="new-link"),
    path("invitations/<invitation:pk>/extend", invitations.ExtendInvitation.as_view(), name="extend"),
    path("invitations/<invitation:pk>/result", results.InvitationResult.as_view(), name="result"),
    path("invitations/<invitation:pk>/transcript", results.InvitationTranscript.as_view(), name="transcript"),
    path("invitations/<invitation:pk>/result-link", results.InvitationResultLink.as_view(), name="result-link"),
    path("invitations/<invitation:pk>/recording", results.InvitationRecording.as_view(), name="recording"),
    path("sessions", sessions.Sessions.as_view(), name="sessions"),
    path("sessions/<session:pk>", sessions.SessionDetail.as_view(), name="session"),
    path("sessions/<session:pk>/events", sessions.stream_events, name="events"),
    path("webhook-endpoints", webhooks.WebhookEndpoints.as_view(), name="webhook-endpoints"),
    path("webhook-endpoints/<endpoint:pk>", webhooks.WebhookEndpointDetail.as_view(), name="webhook-endpoint"),
    path("webhook-endpoints/<endpoint:pk>/rotate-secret", webhooks.RotateSecret.as_view(), name="rotate-secret"),
    path("webhook-endpoints/<endpoint:pk>/test", webhooks.TestWebhook.as_view(), name="test-webhook"),
    path("webhook-deliveries", webhooks.WebhookDeliveries.as_view(), name="webhook-deliveries"),
    path("webhook-deliveries/redeliver", webhooks.RedeliverRange.as_view(), name="redeliver-range"),
    path("webhook-deliveries/<delivery:pk>", webhooks.WebhookDeliveryDetail.as_view(), name="webhook-delivery"),
    path("webhook-deliveries/<delivery:pk>/redeliver", webhooks.RedeliverOne.as_view(), name="redeliver"),
    path("usage", usage.UsageView.as_view(), name="usage"),
    path("hooks", hooks.Hooks.as_view(), name="hooks"),
    path("hooks/samples", hooks.HookSamples.as_view(), name="hook-samples"),
    path("hooks/<endpoint:pk>", hooks.HookDetail.as_view(), name="hook"),
    path("openapi.json", SpectacularJSONAPIView.as_view(), name="schema"),
    path("docs", SpectacularRedocView.as_view(url_name="api:schema", template_name="api/docs.html"), name="docs"),
    re_path("", NothingHere.as_view(), name="nothing"),
]
