"""Examples of what is sent and answered, of one interview from its order to its result."""

from __future__ import annotations

from copy import deepcopy
from typing import Any
from uuid import UUID

from interviews.api.expanding import Names, below
from interviews.api.ids import EXPANDABLE, write_id
from interviews.api.schema_webhooks import make_sample
from interviews.enums import WebhookEventType

AT, LATER, DEADLINE = "2026-11-23T10:00:00Z", "2026-11-23T10:20:00Z", "2026-12-07T10:00:00Z"


def id_of(kind: str) -> str:
    return write_id(kind, UUID(int=1))


PERSON = {"name": "Ana Wu", "email": "ana@example.org"}
ORDER = {"system": "hr", "application_id": "4711", "job_id": "12", "order_id": "order-4711"}
ASKED = {
    "text": "Tell me about a time when you had to change a plan at short notice.",
    "competency": "Planning",
    "tags": ["core"],
    "rubric": {"1": "No example.", "5": "What changed, what was done, and what came of it."},
    "translations": {"de": {"text": "Erzählen Sie von einem Plan, den Sie kurzfristig ändern mussten."}},
    "max_follow_ups": 1,
    "follow_up_guidance": "Ask for the outcome if it was left out.",
    "min_words": 2,
    "time_limit": 180,
    "required": True,
}
QUESTION = {"id": id_of("question"), **ASKED, "archived_at": None}
BANK = {"name": "Engineering", "description": "For all engineering roles.", "language": "en"}
HOOK = {"url": "https://hr.example.com/hooks/vivavoce", "description": "The HR system", "events": ["result.ready"]}
SENT = make_sample(WebhookEventType.RESULT_READY)
TEST_ATTEMPT = {"number": 1, "at": AT, "status": 200, "milliseconds": 84, "response": "ok", "error": ""}

#: By the name of the schema.
EXAMPLES: dict[str, Any] = {
    "Bank": {"id": id_of("bank"), **BANK, "archived_at": None, "questions": [QUESTION], "created_at": AT},
    "BankBodyRequest": {**BANK, "questions": [ASKED]},
    "PatchedBankPatchRequest": {"name": "Engineering, all levels"},
    "Question": QUESTION,
    "QuestionBodyRequest": ASKED,
    "PatchedQuestionPatchRequest": {"time_limit": 240},
    "Candidate": {"id": id_of("candidate"), **PERSON, "locale": "de", "time_zone": "Europe/Berlin", "created_at": AT},
    "CandidateBodyRequest": {**PERSON, "locale": "de", "time_zone": "Europe/Berlin"},
    "PatchedCandidateBodyRequest": {"email": "ana.wu@example.org"},
    "Erasure": {
        "id": id_of("erasure"),
        "candidate": id_of("candidate"),
        "status": "requested",
        "erased": {},
        "requested_at": AT,
        "completed_at": None,
    },
    "Interview": {
        "id": id_of("interview"),
        "title": "Backend engineer",
        "status": "published",
        "languages": ["en", "de"],
        "question_count": 5,
        "total_limit": 1800,
        "typing_allowed": True,
        "recorded": False,
        "created_at": AT,
    },
    "Invitation": {
        "id": id_of("invitation"),
        "status": "created",
        "interview": id_of("interview"),
        "candidate": id_of("candidate"),
        "external": ORDER,
        "locale": "de",
        "extra_time": 1.0,
        "created_at": AT,
        "invited_at": None,
        "expires_at": DEADLINE,
        "completed_at": None,
        "candidate_url": None,
    },
    "InvitationBodyRequest": {
        "interview": id_of("interview"),
        "candidate": PERSON,
        "external": ORDER,
        "expires_at": DEADLINE,
        "notify": True,
        "locale": "de",
        "extra_time": 1.0,
    },
    "ExtendBodyRequest": {"expires_at": DEADLINE},
    "Result": {
        "id": id_of("result"),
        "invitation": id_of("invitation"),
        "summary": "Moved a launch within a day when a supplier failed.",
        "points": ["Has led a team of four."],
        "answers": [
            {
                "question": ASKED["text"],
                "competency": ASKED["competency"],
                "text": "Our supplier failed, so I moved the launch and told everybody within the hour.",
                "modality": "voice",
                "follow_ups": 1,
                "started_at": AT,
                "ended_at": LATER,
            }
        ],
        "scores": [
            {
                "competency": ASKED["competency"],
                "level": 4,
                "withheld": "",
                "reason": "Says what changed and what was done.",
                "quotes": [{"text": "I moved the launch and told everybody within the hour"}],
            }
        ],
        "decision": "",
        "decided_at": None,
        "created_at": LATER,
    },
    "Transcript": {
        "invitation": id_of("invitation"),
        "turns": [
            {
                "session": id_of("session"),
                "seq": 7,
                "role": "bot",
                "text": ASKED["text"],
                "modality": "voice",
                "interrupted": False,
                "started_at": AT,
                "ended_at": LATER,
            }
        ],
    },
    "ResultLink": {
        "result_url": "https://interviews.example.com/r/…",
        "with_transcript": False,
        "expires_at": DEADLINE,
    },
    "ResultLinkBodyRequest": {"days": 14, "with_transcript": False},
    "Session": {
        "id": id_of("session"),
        "invitation": id_of("invitation"),
        "number": 1,
        "status": "ended",
        "end_reason": "completed",
        "mode": "voice",
        "requested_at": AT,
        "started_at": AT,
        "ended_at": LATER,
    },
    "WebhookEndpoint": {
        "id": id_of("endpoint"),
        **HOOK,
        "is_enabled": True,
        "disabled_reason": "",
        "secret": None,
        "created_at": AT,
    },
    "WebhookEndpointBodyRequest": HOOK,
    "PatchedWebhookEndpointPatchRequest": {"is_enabled": False},
    "WebhookDelivery": {
        "id": id_of("delivery"),
        "endpoint": id_of("endpoint"),
        "event": id_of("webhook_event"),
        "type": "result.ready",
        "status": "delivered",
        "next_try_at": None,
        "delivered_at": AT,
        "attempts": [TEST_ATTEMPT],
        "created_at": AT,
    },
    "WebhookEvent": {"id": id_of("webhook_event"), **SENT, "invitation": id_of("invitation")},
    "RedeliverBodyRequest": {"endpoint": id_of("endpoint"), "created_after": AT, "status": "failed"},
    "Redelivered": {"redelivered": 12},
    "Usage": {
        "data": [
            {
                "month": "2026-11-01",
                "interviews": 40,
                "sessions": 44,
                "minutes": 712.5,
                "prompt_tokens": 310_000,
                "completion_tokens": 21_000,
                "scoring_tokens": 54_000,
                "characters": 98_000,
            }
        ]
    },
    "Hook": {"id": id_of("endpoint"), "secret": "whsec_…"},
    "HookBodyRequest": {"target_url": "https://hooks.example.com/catch/1", "event": "result.ready"},
    "Sample": SENT,
}
EXAMPLES["CandidateData"] = {
    "candidate": EXAMPLES["Candidate"],
    "invitations": [
        {
            "id": id_of("invitation"),
            "interview": id_of("interview"),
            "interview_title": "Backend engineer",
            "status": "completed",
            "external": ORDER,
            "locale": "de",
            "mode": "voice",
            "extra_time": 1.0,
            "extra_retries": 0,
            "personal_note": "",
            "planned_at": None,
            "wish": "",
            "wish_text": "",
            "wished_at": None,
            "wish_settled_at": None,
            "decline_reason": "",
            "bounced_at": None,
            "reminder_count": 0,
            "created_at": AT,
            "invited_at": AT,
            "expires_at": DEADLINE,
            "completed_at": LATER,
        }
    ],
    "consents": [
        {
            "invitation": id_of("invitation"),
            "kind": "interview",
            "given_at": AT,
            "version": "1",
            "locale": "de",
            "text": "Ich weiß, dass ich mit einem Computer spreche.",
        }
    ],
    "sessions": [EXAMPLES["Session"] | {"recorded": False}],
    "transcript": EXAMPLES["Transcript"]["turns"],
    **{
        kind: []
        for kind in (
            *("list_entries", "emails", "events", "answers", "results", "scores", "reviews", "comments"),
            *("result_links", "self_identification", "recordings", "webhook_events", "erasures"),
        )
    },
}
#: What only the answer that makes it shows.
ONCE: dict[str, Any] = {
    "Invitation": {"candidate_url": "https://interviews.example.com/i/…"},
    "WebhookEndpoint": {"secret": "whsec_…"},
}
PAGE = "Page"


def find_example(schema: dict[str, Any], *, made: bool = False) -> Any:
    """Of what a schema refers to, or a list of it; None where there is none. `made` is the answer to a 201."""
    if schema.get("type") == "array":
        item = find_example(schema["items"])
        return None if item is None else [item]
    name = schema.get("$ref", "").rpartition("/")[2]
    if name.endswith(PAGE):
        return {"data": [EXAMPLES[name.removesuffix(PAGE)]], "next_cursor": None, "has_more": False}
    if made and name in ONCE:
        return EXAMPLES[name] | ONCE[name]
    return EXAMPLES.get(name)


def expand_example(example: Any, schema: dict[str, Any], names: Names, schemas: dict[str, Any]) -> Any:
    """The same with the objects of these names in place of their ids; of a page, in each of its rows."""
    name = schema["$ref"].rpartition("/")[2]
    if name.endswith(PAGE):
        row = schemas[name]["properties"]["data"]["items"]
        return example | {"data": [expand_example(each, row, names, schemas) for each in example["data"]]}
    choices = {
        field: next(choice for choice in described["oneOf"] if "$ref" in choice)
        for field, described in schemas[name]["properties"].items()
        if field in names and EXPANDABLE in described
    }
    inner = {field: (find_example(choice), choice, below(field, names)) for field, choice in choices.items()}
    return example | {field: expand_example(*each, schemas) for field, each in inner.items()}


def find_expand(operation: dict[str, Any]) -> Names:
    """All that can be expanded in the operation's answer."""
    asked = [each["schema"]["examples"][0] for each in operation.get("parameters", ()) if each["name"] == "expand"]
    leaves = asked[0].split(",") if asked else []
    return tuple({".".join(leaf.split(".")[:end]): 1 for leaf in leaves for end in range(1, leaf.count(".") + 2)})


def add_examples(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: beside each body of a request and of an answer, what one looks like, and what
    `expand` makes of it."""
    schemas = result["components"]["schemas"]
    for path in result["paths"].values():
        for operation in path.values():
            expand = find_expand(operation)
            bodies = [("", operation.get("requestBody", {})), *operation["responses"].items()]
            for status, described in bodies:
                media = described.get("content", {}).get("application/json")
                if not media or (example := find_example(media["schema"], made=status == "201")) is None:
                    continue
                if expand:
                    more = expand_example(example, media["schema"], expand, schemas)
                    shown = {"ids": example, "expand": more}
                    media["examples"] = {name: {"value": deepcopy(value)} for name, value in shown.items()}
                else:
                    media["example"] = deepcopy(example)
    return result
