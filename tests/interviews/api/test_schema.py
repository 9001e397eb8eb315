"""The schema that is checked in is the one that is served; `make openapi` writes it anew."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from interviews.api.schema_examples import id_of
from interviews.enums import WebhookEventType
from scripts.openapi import breaking_changes

CHECKED_IN = Path(settings.BASE_DIR, "docs/api/openapi.json")


def test_the_schema_is_as_checked_in_and_valid(client: Client) -> None:
    served = json.loads(client.get("/api/v1/openapi.json").content)
    assert breaking_changes(json.loads(CHECKED_IN.read_text()), served) == []
    validate_schema(served)
    assert served == json.loads(CHECKED_IN.read_text()), "Run `make openapi` and look at what it changes."
    assert (served["openapi"][:3], "/api/v1/invitations" in served["paths"]) == ("3.1", True)


def test_each_filter_says_what_it_does() -> None:
    paths = json.loads(CHECKED_IN.read_text())["paths"]
    asked = [
        (operation["operationId"], parameter)
        for item in paths.values()
        for operation in item.values()
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query"
    ]
    assert len(asked) > 20
    assert [(name, parameter["name"]) for name, parameter in asked if not parameter.get("description")] == []


def test_the_docs_load_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api/v1/docs").content.decode()
    assert "spec-url" in page
    assert [text for text in ("https://", "http://", "//cdn") if text in page] == []


def test_what_would_break_clients_is_named() -> None:
    old = json.loads(CHECKED_IN.read_text())
    new = deepcopy(old)
    del new["paths"]["/api/v1/usage"]
    new["paths"]["/api/v1/sessions"]["get"]["parameters"] = [{"name": "on", "required": True}]
    del new["components"]["schemas"]["Result"]["properties"]["summary"]
    new["components"]["schemas"]["InvitationBodyRequest"]["required"].append("locale")
    new["components"]["schemas"]["Session"]["properties"]["number"]["type"] = "string"
    new["components"]["schemas"]["Session"]["properties"]["more"] = {"type": "string"}
    del new["webhooks"]["result.ready"]
    assert breaking_changes(old, new) == [
        "GET /api/v1/sessions no longer takes “candidate”.",
        "GET /api/v1/sessions no longer takes “cursor”.",
        "GET /api/v1/sessions no longer takes “expand”.",
        "GET /api/v1/sessions no longer takes “interview”.",
        "GET /api/v1/sessions no longer takes “invitation”.",
        "GET /api/v1/sessions no longer takes “limit”.",
        "GET /api/v1/sessions no longer takes “status”.",
        "GET /api/v1/sessions now requires “on”.",
        "GET /api/v1/usage is gone.",
        "The webhook “result.ready” is gone.",
        "“InvitationBodyRequest” now requires “locale”.",
        "“Result” has no “summary” any more.",
        "“Session.number” has another type.",
    ]


SCHEMAS = "components schemas "
POST_LINK = "paths /api/v1/invitations/{id}/result-link post "

#: Where, the new value, and what is said of it; an empty value of "" takes the place away.
BREAKING: dict[str, tuple[str, Any, list[str]]] = {
    "value of an enum that is sent": (
        SCHEMAS + "LocaleEnum enum",
        ["en", "es", "fr", "de", "pt"],
        ["“LocaleEnum” no longer takes “hi”."],
    ),
    "value of an enum in a query": (
        "paths /api/v1/sessions get parameters status schema enum",
        ["queued", "starting", "waiting", "live"],
        ["“GET /api/v1/sessions?status” no longer takes “ended”."],
    ),
    "reference": (
        SCHEMAS + "Invitation properties status",
        {"$ref": "#/components/schemas/SessionStatusEnum"},
        ["“Invitation.status” is another schema."],
    ),
    "items": (
        SCHEMAS + "InvitationPage properties data items $ref",
        "#/components/schemas/Session",
        ["“InvitationPage.data[]” is another schema."],
    ),
    "limit": (
        SCHEMAS + "CandidateBodyRequest properties name maxLength",
        100,
        ["“CandidateBodyRequest.name” is limited more narrowly (maxLength)."],
    ),
    "limit of a query": (
        "paths /api/v1/sessions get parameters limit schema minimum",
        2,
        ["“GET /api/v1/sessions?limit” is limited more narrowly (minimum)."],
    ),
    "body that is needed": (
        POST_LINK + "requestBody required",
        True,
        ["POST /api/v1/invitations/{id}/result-link now requires a body."],
    ),
    "body of another type": (
        "paths /api/v1/candidates post requestBody content",
        {},
        [
            f"The body of POST /api/v1/candidates is {media_type} no longer."
            for media_type in json.loads(CHECKED_IN.read_text())["paths"]["/api/v1/candidates"]["post"]["requestBody"][
                "content"
            ]
        ],
    ),
    "answer of another schema": (
        "paths /api/v1/candidates post responses 201 content application/json schema $ref",
        "#/components/schemas/Session",
        ["“The 201 of POST /api/v1/candidates” is another schema."],
    ),
    "field that may be missing": (
        SCHEMAS + "Session required",
        json.loads(CHECKED_IN.read_text())["components"]["schemas"]["Session"]["required"][1:],
        ["“Session” may lack “end_reason” now."],
    ),
    "null where there was none": (
        SCHEMAS + "Session properties number type",
        ["integer", "null"],
        ["“Session.number” has another type."],
    ),
}
BREAKING["id of another kind, expanded"] = (
    SCHEMAS + "KeptSession properties invitation",
    {"oneOf": [{"type": "integer"}, {"$ref": "#/components/schemas/Invitation"}], "x-expandable": True},
    ["“KeptSession.invitation” has another type."],
)
HARMLESS: dict[str, tuple[str, Any]] = {
    "more that can be sent": (SCHEMAS + "CandidateBodyRequest properties name maxLength", 1000),
    "null where text was asked for": (SCHEMAS + "CandidateBodyRequest properties name type", ["string", "null"]),
    "one more value": (SCHEMAS + "LocaleEnum enum", ["en", "es", "fr", "de", "pt", "hi", "it"]),
    "fewer values in answers": (SCHEMAS + "EndReasonEnum enum", ["completed"]),
    "id that can be expanded": (
        SCHEMAS + "KeptSession properties invitation",
        json.loads(CHECKED_IN.read_text())["components"]["schemas"]["Session"]["properties"]["invitation"],
    ),
    "other words": (SCHEMAS + "Invitation properties locale description", "Other words."),
}


def change(place: str, value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema as it is, and with `value` at `place`, a path of names in it."""
    old = json.loads(CHECKED_IN.read_text())
    new = deepcopy(old)
    *steps, last = place.split(" ")
    at = new
    for step in steps:
        at = next(each for each in at if each["name"] == step) if isinstance(at, list) else at[step]
    at[last] = value
    return old, new


@pytest.mark.parametrize("name", BREAKING)
def test_a_change_that_breaks_clients_is_named(name: str) -> None:
    place, value, said = BREAKING[name]
    assert breaking_changes(*change(place, value)) == said


@pytest.mark.parametrize("name", HARMLESS)
def test_a_change_that_breaks_nobody_passes(name: str) -> None:
    assert breaking_changes(*change(*HARMLESS[name])) == []


def test_answers_are_described_with_their_headers_and_those_that_are_rare() -> None:
    paths = json.loads(CHECKED_IN.read_text())["paths"]
    for path in ("/api/v1/question-banks/{id}", "/api/v1/question-banks/{id}/questions/{question}"):
        assert "409" in paths[path]["delete"]["responses"]
    recording = paths["/api/v1/invitations/{id}/recording"]["get"]["responses"]
    assert {"200", "206", "416"} <= recording.keys()
    assert "Content-Range" in recording["206"]["headers"]
    answers = [answer for item in paths.values() for method in item.values() for answer in method["responses"].items()]
    described = [set(answer["headers"]) for status, answer in answers if status < "400" or status == "429"]
    assert set.intersection(*described) == {"X-Request-Id", "RateLimit", "RateLimit-Policy"}


def test_every_body_has_an_example_that_fits() -> None:
    schema = json.loads(CHECKED_IN.read_text())
    bodies = [
        (f"{method} {path}", media)
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        for described in (operation.get("requestBody", {}), *operation["responses"].values())
        if (media := described.get("content", {}).get("application/json")) and media["schema"].get("type") != "object"
    ]
    assert [name for name, media in bodies if not media.keys() & {"example", "examples"}] == []
    for name, media in bodies:
        shown = media["examples"].values() if "examples" in media else [{"value": media["example"]}]
        checked = media["schema"] | {"components": schema["components"]}
        wrong = Draft202012Validator(checked, format_checker=Draft202012Validator.FORMAT_CHECKER)
        assert [f"{name}: {error.message}" for each in shown for error in wrong.iter_errors(each["value"])] == []


def test_what_can_be_expanded_is_shown_expanded() -> None:
    paths = json.loads(CHECKED_IN.read_text())["paths"]
    shown = paths["/api/v1/sessions/{id}"]["get"]["responses"]["200"]["content"]["application/json"]["examples"]
    ids, expanded = shown["ids"]["value"], shown["expand"]["value"]
    assert (ids["invitation"], expanded["invitation"]["id"]) == (id_of("invitation"), id_of("invitation"))
    assert expanded["invitation"]["candidate"]["name"] == "Ana Wu"


def test_every_event_of_the_webhooks_and_the_stream_are_described() -> None:
    schema = json.loads(CHECKED_IN.read_text())
    assert list(schema["webhooks"]) == WebhookEventType.values
    stream = schema["paths"]["/api/v1/sessions/{id}/events"]["get"]
    assert list(stream["responses"]["200"]["content"]) == ["text/event-stream"]
