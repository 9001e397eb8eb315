import json

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django.fixtures import Settings

from interviews.domain import invitations, sessions
from interviews.enums import EndReason, InvitationStatus
from interviews.models import Interview, Result, Session
from tenants.models import Brand, Tenant
from tenants.scope import tenant_scope
from tests.interviews.candidate.conftest import Link, make_link

pytestmark = pytest.mark.django_db


def sessions_of(link: Link) -> list[tuple[str, str, str]]:
    with tenant_scope(link.tenant):
        return list(link.invitation.sessions.order_by("number").values_list("status", "end_reason", "mode"))


def row_of(link: Link) -> dict[str, object]:
    invitation = link.refresh()
    return {field.attname: getattr(invitation, field.attname) for field in invitation._meta.concrete_fields}


# --- Pages ---------------------------------------------------------------------------------------


def test_the_lobby_says_who_invites_to_what(link: Link) -> None:
    page = link.get()
    assert page.status_code == 200
    text = page.content.decode()
    for words in (
        "Amira Haddad",
        "Acme Careers",
        "Field Engineer",
        "up to 30 minutes",
        "2 questions",
        "jobs@acme.example",
        "You will talk to an AI",
        "I agree to be interviewed by an AI",
        link.url("decline"),
    ):
        assert words in text


def test_no_page_may_be_cached_indexed_or_named_to_others(link: Link) -> None:
    for name in ("", "state"):
        headers = link.get(name).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize("name", ["", "state", "decline"])
def test_reading_changes_nothing(link: Link, name: str) -> None:
    before = row_of(link)
    for method in (link.client.get, link.client.head) if name != "state" else (link.client.get,):
        assert method(link.url(name)).status_code == 200
    assert row_of(link) == before
    assert sessions_of(link) == []


@pytest.mark.parametrize("name", ["start", "leave"])
def test_commands_are_posted(link: Link, name: str) -> None:
    assert link.get(name).status_code == 405
    assert sessions_of(link) == []


def test_text_of_the_company_is_never_markup(acme: Tenant, link: Link) -> None:
    link.set_interview(title="<script>alert(1)</script>")
    text = link.get().content.decode()
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_an_unknown_link_is_a_neutral_404(db: None, client: Client) -> None:
    page = client.get("/i/nonsense/")
    assert page.status_code == 404
    assert "This link does not lead anywhere" in page.content.decode()
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (InvitationStatus.EXPIRED, "This invitation has expired"),
        (InvitationStatus.CANCELED, "This invitation was withdrawn"),
        (InvitationStatus.DECLINED, "You declined this invitation"),
        (InvitationStatus.FAILED, "This interview was broken off"),
        (InvitationStatus.PROCESSING, "You have completed this interview"),
        (InvitationStatus.COMPLETED, "You have completed this interview"),
    ],
)
def test_each_closed_link_has_its_own_page(link: Link, status: InvitationStatus, title: str) -> None:
    link.set(status=status)
    page = link.get()
    assert page.status_code == 410
    text = page.content.decode()
    assert title in text
    assert "Acme Careers" in text
    assert "mailto:jobs@acme.example" in text
    assert "interview-config" not in text


def test_past_the_deadline_a_link_is_expired_before_the_sweep_says_so(link: Link) -> None:
    link.expire()
    assert link.get().status_code == 410
    assert link.get("state").json()["invitation"]["status"] == "expired"
    assert link.start().status_code == 409


def test_a_completed_link_shows_the_summary(link: Link) -> None:
    link.set(status=InvitationStatus.COMPLETED)
    with tenant_scope(link.tenant):
        Result.objects.create(invitation=link.invitation, summary="You like storms.", points=["Repairs masts"])
    text = link.get().content.decode()
    assert "You like storms." in text
    assert "Repairs masts" in text


def test_an_inactive_company_has_no_links(link: Link) -> None:
    link.tenant.is_active = False
    link.tenant.save()
    assert link.get().status_code == 404
    assert link.start().status_code == 404


# --- Starting ------------------------------------------------------------------------------------


def test_start_asks_for_one_session_and_stores_the_consent(link: Link) -> None:
    answer = link.start()
    assert answer.status_code == 202
    assert answer.json()["session"]["status"] == "queued"
    assert sessions_of(link) == [("queued", "", "text")]
    invitation = link.refresh()
    assert (invitation.consent_version, invitation.consent_locale, invitation.mode) == ("1", "en", "text")
    assert invitation.consented_at is not None


def test_start_pressed_twice_is_one_session(link: Link) -> None:
    first, second = link.start().json(), link.start().json()
    assert first["session"]["id"] == second["session"]["id"]
    assert len(sessions_of(link)) == 1


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"consent": False}, 400, "Agree to the interview before you start it."),
        ({"consent": "yes"}, 400, "Agree to the interview before you start it."),
        ({"consent_version": "0"}, 409, "The consent has changed meanwhile. Reload the page and read it again."),
        ({"mode": "smoke"}, 400, "Choose to speak or to type."),
    ],
)
def test_start_says_what_is_missing(link: Link, changes: dict[str, object], status: int, error: str) -> None:
    answer = link.start(**changes)
    assert (answer.status_code, answer.json()) == (status, {"error": error})
    assert sessions_of(link) == []
    assert link.refresh().consented_at is None


def test_a_spoken_interview_cannot_be_typed(link: Link) -> None:
    link.set_interview(typing_allowed=False)
    assert link.start().json() == {"error": "This interview is spoken. Choose to speak."}


@pytest.mark.parametrize("body", ["{", "[]", '"text"'])
def test_a_body_that_is_no_object_is_refused(link: Link, body: str) -> None:
    answer = link.client.post(link.url("start"), data=body, content_type="application/json")
    assert answer.status_code == 400
    assert list(answer.json()) == ["error"]


def test_a_large_body_is_refused(link: Link) -> None:
    answer = link.client.post(link.url("start"), data=json.dumps("x" * 70_000), content_type="application/json")
    assert answer.status_code == 413


def test_commands_need_the_csrf_token(link: Link) -> None:
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(link.url())
    token = page.context["config"]["csrf"]
    body = {"consent": True, "consent_version": "1", "mode": "text"}
    refused = strict.post(link.url("start"), data=body, content_type="application/json")
    assert refused.status_code == 403
    assert sessions_of(link) == []
    taken = strict.post(link.url("start"), data=body, content_type="application/json", headers={"X-CSRFToken": token})
    assert taken.status_code == 202
    form = strict.post(link.url("leave"), headers={"X-CSRFToken": token})
    assert (form.status_code, form.json()) == (400, {"error": "Send the request as JSON."})


def test_out_of_retries_says_whom_to_ask(link: Link) -> None:
    link.set_interview(retries=0)
    for _ in range(1):
        link.start()
        link.post("leave")
    answer = link.start()
    assert answer.status_code == 409
    assert answer.json() == {
        "error": "This interview cannot be started again. Please write to the person who invited you."
    }
    assert link.get("state").json()["session"]["can_restart"] is False


@pytest.mark.parametrize("name", ["state", "start", "leave"])
def test_an_unknown_link_gets_no_answer_but_a_sentence(db: None, client: Client, name: str) -> None:
    send = client.get if name == "state" else client.post
    answer = send(f"/i/nonsense/{name}", content_type="application/json")
    assert (answer.status_code, answer.json()) == (
        404,
        {"error": "This link is not known. Open the link from your invitation again."},
    )


# --- Leaving and declining -------------------------------------------------------------------------


def test_leaving_ends_the_session_and_start_goes_on(link: Link) -> None:
    link.start()
    state = link.post("leave").json()["session"]
    assert (state["status"], state["end_reason"], state["can_restart"]) == ("ended", "left", True)
    link.start()
    assert sessions_of(link) == [("ended", "left", "text"), ("queued", "", "text")]


def test_a_page_that_lost_its_bot_goes_on_and_has_not_left(link: Link) -> None:
    link.set_interview(retries=0)
    link.start()
    state = link.post("leave", {"lost": True}).json()["session"]
    assert (state["status"], state["end_reason"], state["can_restart"]) == ("ended", "rejoined", True)
    assert link.start().status_code == 202
    assert sessions_of(link) == [("ended", "rejoined", "text"), ("queued", "", "text")]


def test_leaving_with_nothing_running_changes_nothing(link: Link) -> None:
    assert link.post("leave").json()["session"] is None
    assert sessions_of(link) == []


def test_declining_asks_first(link: Link) -> None:
    page = link.get("decline")
    assert page.status_code == 200
    assert "Decline this invitation?" in page.content.decode()
    # With no-referrer a browser would post this form with the origin "null", and CSRF would refuse it.
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert link.refresh().status == InvitationStatus.CREATED


def test_declining_closes_the_link_and_its_session(link: Link) -> None:
    link.start()
    answer = link.client.post(link.url("decline"), data={"reason": "Found another job"})
    assert answer.headers["Location"] == link.url()
    invitation = link.refresh()
    assert (invitation.status, invitation.decline_reason) == (InvitationStatus.DECLINED, "Found another job")
    assert sessions_of(link) == [("ended", EndReason.CANCELED, "text")]
    assert link.get().status_code == 410
    assert link.start().status_code == 409
    assert link.get("decline").headers["Location"] == link.url()


def test_one_link_knows_nothing_of_another(link: Link, foreign_link: Link) -> None:
    foreign_link.start()
    assert sessions_of(link) == []
    assert link.get("state").json()["session"] is None
    assert link.post("leave").json()["session"] is None
    assert sessions_of(foreign_link) == [("queued", "", "text")]


def test_a_second_link_to_the_same_invitation_sees_the_same_session(link: Link) -> None:
    with tenant_scope(link.tenant):
        again = invitations.mint_link(invitation=link.invitation).rstrip("/").rpartition("/")[2]
    first = link.start().json()["session"]["id"]
    second = Client().get(f"/i/{again}/state").json()["session"]["id"]
    assert first == second


def test_staff_ending_an_interview_ends_the_link(link: Link) -> None:
    link.start()
    with tenant_scope(link.tenant):
        sessions.end_session(session=Session.objects.get(), reason=EndReason.ENDED_BY_STAFF)
    assert link.get().status_code == 410
    assert link.get("state").json()["session"]["message"] == (
        "The hiring team ended this interview. They will be in touch with you."
    )


def test_a_company_without_a_colour_of_its_own_still_gets_a_readable_page(acme: Tenant) -> None:
    link = make_link(acme)
    assert "--brand-light: #1f4fd8" in link.get().content.decode()


@pytest.mark.parametrize("cannot_hear", [True, False])
def test_a_stand_in_that_cannot_hear_is_announced(link: Link, settings: Settings, cannot_hear: bool) -> None:
    settings.BOT_CANNOT_HEAR = cannot_hear
    assert ("speaks but cannot hear" in link.get().content.decode()) is cannot_hear


# --- Recording -----------------------------------------------------------------------------------


@pytest.mark.parametrize("offered", [True, False])
def test_the_lobby_asks_about_recording_where_the_interview_records(link: Link, offered: bool) -> None:
    with tenant_scope(link.tenant):
        Interview.objects.update(record=offered)
    text = link.get().content.decode()
    assert ('<input type="checkbox" id="record">' in text, "agree to this conversation being recorded" in text) == (
        offered,
        offered,
    )


@pytest.mark.parametrize(
    ("offered", "wanted", "recorded"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_a_session_is_recorded_only_where_both_want_it(link: Link, offered: bool, wanted: bool, recorded: bool) -> None:
    with tenant_scope(link.tenant):
        Interview.objects.update(record=offered)
    body = {"consent": True, "consent_version": "1", "mode": "voice", "record": wanted}
    answer = link.post("start", body)
    assert (answer.status_code, answer.json()["session"]["recorded"]) == (202, recorded)
    with tenant_scope(link.tenant):
        assert list(link.invitation.sessions.values_list("record", flat=True)) == [recorded]
    invitation = link.refresh()
    agreed = (invitation.recording_consented_at is not None, invitation.recording_consent_locale)
    assert agreed == (recorded, "en" if recorded else "")


@pytest.mark.parametrize("has_logo", [True, False])
def test_the_tab_shows_the_companys_logo(link: Link, has_logo: bool) -> None:
    with tenant_scope(link.tenant):
        brand = Brand.objects.get()
        if has_logo:
            brand.logo.save("logo.svg", ContentFile(b"<svg/>"))
    icon = brand.logo_url if has_logo else "/static/img/voice.svg"
    assert f'<link rel="icon" href="{icon}">' in link.get().content.decode()


def test_a_company_whose_month_is_used_up_is_explained_kindly(link: Link) -> None:
    Tenant.objects.update(max_monthly_minutes=0)
    answer = link.start()
    assert (answer.status_code, answer.json()) == (
        409,
        {
            "error": "This interview cannot start now. The company has been told. "
            "Your invitation stays open; please try later."
        },
    )
    assert link.refresh().status == InvitationStatus.CREATED
    Tenant.objects.update(max_monthly_minutes=None)
    assert link.start().status_code == 202
