"""What OpenAPI tells beside the operations: the webhooks that we send, and the stream of a session's events."""

from __future__ import annotations

from copy import deepcopy
from typing import Any
from uuid import UUID

from interviews.api.ids import id_schema, write_id
from interviews.enums import EndReason, InvitationStatus, WebhookEventType

SIGNED = (
    "Signed as Standard Webhooks say, in the headers webhook-id, webhook-timestamp and webhook-signature. "
    "Answer 2xx within 15 seconds."
)
TEXT = {"type": "string"}
#: An event of a stream, by the names of its lines.
STREAMED = {"type": "object", "properties": {"id": TEXT, "event": TEXT, "data": TEXT}, "required": ["event", "data"]}
EXTERNAL = {
    "type": ["object", "null"],
    "description": "The ids of the system that ordered the invitation.",
    "properties": dict.fromkeys(("system", "application_id", "job_id", "order_id"), TEXT),
    "required": ["system", "application_id", "job_id", "order_id"],
}
OF_INVITATION = {
    "invitation": id_schema("invitation"),
    "interview": id_schema("interview"),
    "candidate": id_schema("candidate"),
    "status": {"type": "string", "enum": InvitationStatus.values},
    "external": EXTERNAL,
}
OF_SESSION = OF_INVITATION | {"session": id_schema("session")}
OTHERS: dict[str, dict[str, Any]] = {
    WebhookEventType.SESSION_STARTED: OF_SESSION,
    WebhookEventType.SESSION_RESUMED: OF_SESSION,
    WebhookEventType.SESSION_ENDED: OF_SESSION | {"end_reason": {"type": "string", "enum": EndReason.values}},
    WebhookEventType.CANDIDATE_DATA_DELETED: {"candidate": id_schema("candidate")},
    WebhookEventType.TEST: {"message": TEXT},
}


def describe_body(type: WebhookEventType) -> dict[str, Any]:
    """JSON Schema of the body of an event, as `interviews.domain.outbox` writes it."""
    fields = OTHERS.get(type, OF_INVITATION)
    return {
        "type": "object",
        "properties": {
            "type": {"const": type.value},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": {"type": "object", "properties": fields, "required": list(fields)},
        },
        "required": ["type", "timestamp", "data"],
    }


#: Where the schema leaves a choice, what a sample shows.
SAMPLES: dict[str, Any] = {
    "external": {"system": "hr", "application_id": "4711", "job_id": "12", "order_id": "order-4711"},
    "end_reason": EndReason.COMPLETED.value,
    "message": "It works.",
}
STATUSES = {
    WebhookEventType.INVITATION_CREATED: InvitationStatus.CREATED,
    WebhookEventType.INVITATION_INVITED: InvitationStatus.INVITED,
    WebhookEventType.INVITATION_BOUNCED: InvitationStatus.INVITED,
    WebhookEventType.INVITATION_DECLINED: InvitationStatus.DECLINED,
    WebhookEventType.INVITATION_EXPIRED: InvitationStatus.EXPIRED,
    WebhookEventType.INVITATION_CANCELED: InvitationStatus.CANCELED,
    WebhookEventType.INVITATION_FAILED: InvitationStatus.FAILED,
    WebhookEventType.RESULT_READY: InvitationStatus.COMPLETED,
    WebhookEventType.RESULT_UPDATED: InvitationStatus.COMPLETED,
}


def make_sample(type: WebhookEventType) -> dict[str, Any]:
    """A body as `describe_body` says, about things that do not exist."""
    values = SAMPLES | {"status": STATUSES.get(type, InvitationStatus.IN_PROGRESS).value}
    data = {
        name: values[name] if name in values else write_id(name, UUID(int=number))
        for number, name in enumerate(OTHERS.get(type, OF_INVITATION), start=1)
    }
    return {"type": type.value, "timestamp": "2026-11-23T10:00:00Z", "data": data}


def name_body(type: WebhookEventType) -> str:
    return "".join(word.title() for word in type.value.replace("_", ".").split(".")) + "Event"


def add_webhooks(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: the section `webhooks`."""
    schemas = result["components"]["schemas"]
    schemas |= {name_body(type): deepcopy(describe_body(type)) for type in WebhookEventType}
    result["webhooks"] = {
        type.value: {
            "post": {
                "operationId": f"receive_{type.value.replace('.', '_')}",
                "summary": str(type.label),
                "description": SIGNED,
                "tags": ["webhooks"],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {"$ref": f"#/components/schemas/{name_body(type)}"},
                            "example": make_sample(type),
                        }
                    },
                },
                "responses": {"2XX": {"description": "Received."}},
            }
        }
        for type in WebhookEventType
    }
    return result


def add_event_stream(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: the one operation that is no view of DRF's, `sessions.stream_events`."""
    like = result["paths"]["/api/v1/sessions/{id}"]["get"]
    problems = {status: answer for status, answer in like["responses"].items() if status >= "400"}
    after = {
        "in": "header",
        "name": "Last-Event-ID",
        "schema": {"type": "string", "pattern": "^[0-9]{1,9}$"},
        "description": "Go on after the event with this id.",
    }
    operation = {
        "operationId": "follow_a_session",
        "summary": "Follow a session",
        "description": "Server-sent events: what is stored so far, then what comes, then `end`. Each event's `data` is "
        'JSON, `{"at": "…", "message": {…}}`, with an RTVI message in it.',
        "tags": like["tags"],
        "parameters": [*(each for each in like["parameters"] if each["in"] == "path"), after],
        "security": like["security"],
        "responses": {"200": {"description": "", "content": {"text/event-stream": {"schema": STREAMED}}}} | problems,
    }
    paths = result["paths"] | {"/api/v1/sessions/{id}/events": {"get": operation}}
    result["paths"] = dict(sorted(paths.items()))
    return result
