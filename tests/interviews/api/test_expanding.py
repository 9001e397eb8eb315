"""`expand`: whole objects in place of ids, each as it is read by itself, to keys that may read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interviews.api.ids import write_id
from interviews.domain import outbox
from interviews.enums import WebhookEventType
from interviews.models import WebhookDelivery
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.api.conftest import ApiClient
from tests.interviews.api.rows import make_rows
from tests.interviews.factories import make_session

pytestmark = pytest.mark.django_db

INSIDE = ("candidate", "interview")
#: What each address can expand, with the scopes that all of it takes beside the address's own.
EXPANDED: dict[str, tuple[str, ...]] = {
    "invitations": INSIDE,
    "invitations/{invitation}": INSIDE,
    **dict.fromkeys(
        ("sessions", "sessions/{session}", "invitations/{invitation}/result", "invitations/{invitation}/transcript"),
        ("invitation", "invitation.candidate", "invitation.interview"),
    ),
    **dict.fromkeys(
        ("webhook-deliveries", "webhook-deliveries/{delivery}"),
        ("endpoint", "event", *(f"event.invitation{name}" for name in ("", ".candidate", ".interview"))),
    ),
}
SCOPES = {
    "invitations": "invitations:read",
    "sessions": "sessions:read",
    "result": "results:read",
    "transcript": "results:read",
    "webhook-deliveries": "webhooks:read",
    "candidate": "candidates:read",
    "interview": "interviews:read",
    "invitation": "invitations:read",
    "endpoint": "webhooks:read",
    "event": "webhooks:read",
}


@pytest.fixture
def ids(acme: Tenant) -> dict[str, str]:
    """Of rows of Acme's, by their kind; the delivery is of an event of the invitation's."""
    rows = make_rows(acme)
    with tenant_scope(acme):
        invitation = rows["invitation"]
        event = outbox.tell_of_invitation(WebhookEventType.RESULT_READY, invitation_id=invitation.pk)
        assert event is not None
        rows["delivery"] = event.deliveries.filter(endpoint=rows["endpoint"]).get()
    return {kind: write_id(kind, row.pk) for kind, row in rows.items() if kind != "hook"}


def scopes_of(path: str, names: tuple[str, ...] = ()) -> list[str]:
    last = path.rpartition("/")[2]
    own = SCOPES[last if last in SCOPES else path.partition("/")[0]]
    return sorted({own} | {SCOPES[step] for name in names for step in name.split(".")})


def first(answer: Any) -> Any:
    return answer["data"][0] if "data" in answer else answer


@pytest.mark.parametrize("path", EXPANDED)
def test_each_object_is_as_it_is_read_by_itself(api: ApiClient, ids: dict[str, str], path: str) -> None:
    filled = path.format(**ids)
    if path == "invitations":
        filled += f"?candidate={ids['candidate']}"
    elif path == "webhook-deliveries":
        filled += f"?endpoint={ids['endpoint']}"
    asked = filled + ("&" if "?" in filled else "?") + "expand="
    plain = first(api.get(filled)[1])
    invitation, candidate, interview = (
        api.get(f"{kind}s/{ids[kind]}")[1] for kind in ("invitation", "candidate", "interview")
    )
    whole = invitation | {"candidate": candidate, "interview": interview}
    event = {"id": plain.get("event"), "type": "result.ready", "invitation": invitation["id"]}
    wholes = {
        "candidate": candidate,
        "interview": interview,
        "invitation": invitation,
        "invitation.candidate": invitation | {"candidate": candidate},
        "invitation.interview": invitation | {"interview": interview},
        "endpoint": api.get(f"webhook-endpoints/{ids['endpoint']}")[1],
        "event": event,
        "event.invitation": event | {"invitation": invitation},
        "event.invitation.candidate": event | {"invitation": invitation | {"candidate": candidate}},
        "event.invitation.interview": event | {"invitation": invitation | {"interview": interview}},
    }
    for name in EXPANDED[path]:
        status, answer = api.get(asked + name)
        found = first(answer)
        field = name.partition(".")[0]
        if field == "event":
            data = found["event"].pop("data")
            assert (data["invitation"], data["status"]) == (invitation["id"], "completed")
            assert found["event"].pop("timestamp").endswith("Z")
        assert (name, status, found) == (name, 200, plain | {field: wholes[name]})
    both = first(api.get(asked + ",".join(EXPANDED[path]))[1])
    inside = {"invitations": both, "webhook-deliveries": both.get("event", {})}.get(path.split("/")[0], both)
    inner = both if isinstance(both.get("candidate"), dict) else inside["invitation"]
    assert (inner["candidate"], inner["interview"]) == (whole["candidate"], whole["interview"])


@pytest.mark.parametrize("path", EXPANDED)
def test_an_unknown_name_is_refused_with_those_there_are(api: ApiClient, ids: dict[str, str], path: str) -> None:
    known = ", ".join(EXPANDED[path])
    for wrong in ("result", "candidate.invitation", "Event"):
        status, body = api.get(f"{path.format(**ids)}?expand={EXPANDED[path][0]},{wrong}")
        assert (status, body["errors"]) == (
            400,
            [{"pointer": "/expand", "code": "invalid", "detail": f"{wrong} can't be expanded here; {known} can."}],
        )


@pytest.mark.parametrize("path", EXPANDED)
def test_each_name_takes_the_scopes_of_all_that_it_shows(
    acme: Tenant, make_api: Callable[..., ApiClient], ids: dict[str, str], path: str
) -> None:
    for name in EXPANDED[path]:
        needed, asked = scopes_of(path, (name,)), f"{path.format(**ids)}?expand={name}"
        assert (name, make_api(acme, needed).get(asked)[0]) == (name, 200)
        for missing in set(needed) - set(scopes_of(path)):
            status, body = make_api(acme, [scope for scope in needed if scope != missing]).get(asked)
            assert (name, status, body["code"], missing in body["detail"]) == (name, 403, "missing_scope", True)


@pytest.mark.parametrize("path", ["invitations", "sessions", "webhook-deliveries"])
def test_a_list_costs_the_same_for_three_rows(acme: Tenant, api: ApiClient, path: str) -> None:
    asked = f"{path}?expand={','.join(EXPANDED[path])}"

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert api.get(asked)[0] == 200
        return len(captured)

    def add() -> None:
        with tenant_scope(acme):
            session = make_session()
            outbox.tell_of_invitation(WebhookEventType.RESULT_READY, invitation_id=session.invitation_id)

    api.post("webhook-endpoints", {"url": "https://hook.example/in"})
    with tenant_scope(acme):
        WebhookDelivery.objects.all().delete()
    add()
    api.get(asked)
    at_one = queries()
    add()
    add()
    assert (len(api.get(asked)[1]["data"]), queries()) == (3, at_one)


def test_an_event_of_no_invitation_has_none(acme: Tenant, api: ApiClient) -> None:
    _, made = api.post("webhook-endpoints", {"url": "https://hook.example/in"})
    _, sent = api.post(f"webhook-endpoints/{made['id']}/test")
    assert api.last.headers["Location"] == f"/api/v1/webhook-deliveries/{sent['id']}"
    assert api.get(f"webhook-deliveries/{sent['id']}") == (200, sent)
    event = api.get(f"webhook-deliveries/{sent['id']}?expand=event.invitation.interview")[1]["event"]
    assert (event["id"], event["type"], event["data"], event["invitation"]) == (
        sent["event"],
        "webhook.test",
        {"message": "It works."},
        None,
    )
