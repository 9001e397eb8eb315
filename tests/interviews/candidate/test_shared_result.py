"""A result that is shared by a public link: to whoever has it, as long as it lasts, and no further."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from interviews.api.ids import write_id
from interviews.domain import result_links
from interviews.models import Interview, Result, ResultLink
from tenants.domain.keys import issue_api_key
from tenants.enums import Scope
from tenants.models import AuditEntry, Tenant
from tenants.scope import tenant_scope
from tests.interviews.console.conftest import Story, live_through

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(acme: Tenant) -> Story:
    acme.shares_results = True
    acme.save()
    return live_through(acme)


def share(story: Story, **options: Any) -> str:
    """The link's path."""
    with tenant_scope(story.result.tenant_id):
        result = Result.objects.select_related("tenant").get(pk=story.result.pk)
        return "/r/" + result_links.share_result(result=result, **options)[1].split("/r/")[1]


def test_whoever_has_the_link_reads_the_result(story: Story, client: Client) -> None:
    page = client.get(share(story))
    text = page.content.decode()
    shown = ("A careful engineer.", "Tests first", "Answer 1.", story.candidate.name)
    assert (page.status_code, [part for part in shown if part not in text]) == (200, [])
    assert story.candidate.email not in text
    assert (page["Referrer-Policy"], page["X-Robots-Tag"], page["Cache-Control"]) == (
        "no-referrer",
        "noindex, nofollow",
        "no-store",
    )
    with tenant_scope(story.result.tenant_id):
        seen = AuditEntry.objects.get(verb="viewed the result by a public link")
    assert (seen.object_id, seen.ip) == (str(story.result.pk), "127.0.0.1")


def test_the_transcript_is_there_only_where_it_was_chosen(story: Story, client: Client) -> None:
    pages = [client.get(share(story, with_transcript=chosen)).content.decode() for chosen in (False, True)]
    assert ["Transcript" in page for page in pages] == [False, True]


def test_a_blind_interview_shows_no_scores(story: Story, client: Client) -> None:
    with tenant_scope(story.result.tenant_id):
        Interview.objects.update(blind_review=True)
    assert "Scores" not in client.get(share(story)).content.decode()


def test_what_ended_was_revoked_or_never_was_is_one_page(story: Story, acme: Tenant, client: Client) -> None:
    expired, revoked, other = share(story), share(story), share(story)
    with tenant_scope(acme):
        links = ResultLink.objects.order_by("created_at")
        ResultLink.objects.filter(pk=links[0].pk).update(expires_at=timezone.now())
        result = story.result
    answers = [client.get(expired)]
    with tenant_scope(acme):
        assert result_links.revoke_links(result=result) == 3
    answers += [client.get(path) for path in (revoked, other, "/r/nonsense/")]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}


def test_switching_it_off_closes_what_is_out(story: Story, acme: Tenant, client: Client) -> None:
    path = share(story)
    acme.shares_results = False
    acme.save()
    assert client.get(path).status_code == 404
    with pytest.raises(result_links.SharingRefused):
        share(story)


def test_hostile_words_are_text(story: Story, acme: Tenant, client: Client) -> None:
    with tenant_scope(acme):
        Result.objects.update(summary="<script>alert(1)</script>")
    assert "<script>alert(1)" not in client.get(share(story)).content.decode()


def test_over_the_api(story: Story, acme: Tenant, globex: Tenant, client: Client) -> None:
    path = f"/api/v1/invitations/{write_id('invitation', story.invitation.pk)}/result-link"

    def ask(tenant: Tenant, method: str = "post", body: Any = None) -> Any:
        with tenant_scope(tenant):
            key = issue_api_key(name="ATS", scopes=[Scope.RESULTS_SHARE])[1]
        headers = {"Authorization": f"Bearer {key}"}
        return getattr(client, method)(path, body or {}, content_type="application/json", headers=headers)

    made = ask(acme, body={"days": 3})
    left = datetime.fromisoformat(made.json()["expires_at"]) - timezone.now()
    assert (made.status_code, timedelta(days=2, hours=23) < left < timedelta(days=3)) == (201, True)
    shared = "/r/" + made.json()["result_url"].split("/r/")[1]
    assert client.get(shared).status_code == 200
    assert ask(acme, body={"days": 91}).status_code == 400
    assert [ask(globex).status_code, ask(globex, "delete").status_code] == [404, 404]
    assert ask(acme, "delete").status_code == 204
    assert client.get(shared).status_code == 404
    acme.shares_results = False
    acme.save()
    assert ask(acme).json()["code"] == "sharing_is_off"
