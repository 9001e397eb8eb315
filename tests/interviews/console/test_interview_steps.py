"""Publishing, archiving and rehearsing an interview from its page."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from interviews.domain.rehearsals import begin_rehearsal
from interviews.enums import InterviewStatus
from interviews.models import Candidate, Interview, Invitation, Result, ResultRecipient, Session, Simulation
from tenants.models import AuditEntry, Membership, Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.console.conftest import Story, live_through
from tests.interviews.console.test_lists import OWN_LISTS, address_of
from tests.interviews.console.test_set_up import interview_fields, rows_of
from tests.interviews.factories import InterviewFactory


@pytest.fixture
def draft(acme: Tenant) -> Interview:
    with tenant_scope(acme):
        made: Interview = InterviewFactory.create(status=InterviewStatus.DRAFT, title="Engineer")
        return made


def press(client: Client, step: str, interview: Interview) -> str:
    """The sentence that the page then shows."""
    page = client.post(reverse(f"admin:interviews_interview_{step}", args=[interview.pk]), follow=True)
    [message] = page.context["messages"]
    return str(message)


def page_of(client: Client, interview: Interview) -> str:
    return client.get(reverse("admin:interviews_interview_change", args=[interview.pk])).content.decode()


def test_from_draft_to_archive_and_back(draft: Interview, recruiter: User, by_recruiter: Client) -> None:
    said = [press(by_recruiter, step, draft) for step in ("publish", "publish", "archive", "restore")]
    assert said == [
        "Version 1 is published: whoever begins from now on meets it.",
        "Nothing has changed since it was published.",
        "The interview is archived: nobody can be invited to it. Invitations that are out stay good.",
        "The interview is back: published.",
    ]
    with tenant_scope(draft.tenant_id):
        verbs = AuditEntry.objects.filter(object_id=str(draft.pk)).values_list("verb", flat=True)
        assert sorted(verbs) == ["archived", "published version 1 of", "restored"]
        assert draft.versions.get().published_by == recruiter


def test_the_page_lists_what_is_missing(draft: Interview, by_recruiter: Client) -> None:
    with tenant_scope(draft.tenant_id):
        Interview.objects.update(consent_text="")
    missing = "The consent is empty. Write what candidates agree to."
    assert missing in page_of(by_recruiter, draft)
    assert press(by_recruiter, "publish", draft) == f"It can't be published yet. {missing}"


def test_the_page_says_that_edits_wait(draft: Interview, by_recruiter: Client) -> None:
    press(by_recruiter, "publish", draft)
    before = page_of(by_recruiter, draft)
    with tenant_scope(draft.tenant_id):
        Interview.objects.update(title="Senior engineer")
    waiting = "Candidates meet version 1 until you publish the changes."
    assert (waiting in before, waiting in page_of(by_recruiter, draft)) == (False, True)


def test_a_viewer_sees_the_state_and_no_buttons(draft: Interview, viewer: User, log_in: object) -> None:
    page = page_of(log_in(viewer), draft)  # type: ignore[operator]
    assert ("state-title" in page, reverse("admin:interviews_interview_publish", args=[draft.pk]) in page) == (
        True,
        False,
    )


def test_a_rehearsal_opens_the_candidates_page_of_a_draft(
    draft: Interview, recruiter: User, by_recruiter: Client, client: Client
) -> None:
    answer = by_recruiter.post(reverse("admin:interviews_interview_rehearse", args=[draft.pk]))
    path = "/" + answer.headers["Location"].split("/", 3)[3]
    assert "Engineer" in client.get(path).content.decode()
    with tenant_scope(draft.tenant_id):
        invitation = Invitation.objects.get()
        assert (invitation.rehearsal, invitation.emails.count()) == (True, 0)
        assert invitation.candidate.email == f"{recruiter.pk}@rehearsal.invalid"


def test_without_questions_there_is_nothing_to_rehearse(draft: Interview, by_recruiter: Client) -> None:
    with tenant_scope(draft.tenant_id):
        draft.interview_questions.all().delete()
    sentence = "This interview has no questions yet. Add at least one before inviting anybody."
    assert press(by_recruiter, "rehearse", draft) == sentence


def test_rehearsals_are_in_no_list_and_no_figure(story: Story, acme: Tenant, by_recruiter: Client) -> None:
    """The story itself is turned into a rehearsal: whatever then still shows it would count rehearsals."""

    lists = [address_of(label) for label in OWN_LISTS if label != "interviews.OutgoingEmail"]

    def shown() -> list[bool]:
        addresses = [reverse("admin:index"), reverse("live:list-data"), *lists]
        pages = [by_recruiter.get(address).content.decode() for address in addresses]
        return [story.candidate.name in page for page in pages]

    before = shown()
    with tenant_scope(acme):
        Invitation.objects.update(rehearsal=True)
        real = [model.objects.real().count() for model in (Invitation, Session, Result, Candidate)]
    overview = by_recruiter.get(reverse("admin:index")).context
    assert (any(before), any(shown()), real) == (True, False, [0, 0, 0, 0])
    assert (overview["has_invitations"], overview["completed_count"]) == (False, 0)
    page = by_recruiter.get(reverse("admin:interviews_result_change", args=[story.result.pk]))
    assert page.status_code == 200


def test_staff_may_rehearse_again_and_again(draft: Interview, recruiter: User) -> None:
    with tenant_scope(draft.tenant_id):
        links = {begin_rehearsal(interview=draft, by=recruiter) for _ in range(2)}
        assert (len(links), Candidate.objects.count(), Candidate.objects.real().count()) == (2, 1, 0)


def test_members_and_addresses_are_told_of_results(draft: Interview, recruiter: User, by_recruiter: Client) -> None:
    with tenant_scope(draft.tenant_id):
        member = Membership.objects.get(user=recruiter)
        draft.interview_questions.all().delete()
    rows: list[dict[str, object]] = [
        {"interview": draft.pk, "member": member.pk},
        {"interview": draft.pk, "email": "hiring@example.org"},
    ]
    path = reverse("admin:interviews_interview_change", args=[draft.pk])
    fields = interview_fields([]) | rows_of("result_recipients", rows)
    assert by_recruiter.post(path, fields).status_code == 302
    both = [{"interview": draft.pk, "member": member.pk, "email": "x@example.org"}]
    refused = by_recruiter.post(path, interview_fields([]) | rows_of("result_recipients", both))
    assert refused.context["inline_admin_formsets"][1].formset.errors == [
        {"__all__": ["Choose a member, or give an e-mail address."]}
    ]
    with tenant_scope(draft.tenant_id):
        assert [row.email for row in ResultRecipient.objects.order_by("email")] == ["", "hiring@example.org"]


def test_nobody_is_told_of_a_result_twice(draft: Interview, recruiter: User, by_recruiter: Client) -> None:
    with tenant_scope(draft.tenant_id):
        member = Membership.objects.get(user=recruiter)
        draft.interview_questions.all().delete()
        ResultRecipient.objects.create(interview=draft, member=member)
    path = reverse("admin:interviews_interview_change", args=[draft.pk])
    rows: list[dict[str, object]] = [
        {"interview": draft.pk, "member": member.pk},
        {"interview": draft.pk, "email": "hiring@example.org"},
        {"interview": draft.pk, "email": "hiring@example.org"},
    ]
    refused = by_recruiter.post(path, interview_fields([]) | rows_of("result_recipients", rows))
    said = {"__all__": ["This person is in the list already."]}
    assert refused.context["inline_admin_formsets"][1].formset.errors == [said, {}, said]


def test_a_new_story_counts_again(story: Story, acme: Tenant) -> None:
    with tenant_scope(acme):
        Invitation.objects.update(rehearsal=True)
    live_through(acme)
    with tenant_scope(acme):
        assert (Session.objects.count(), Session.objects.real().count()) == (2, 1)


def test_a_simulated_candidate_is_sent_once_and_followed_on_the_page(draft: Interview, by_recruiter: Client) -> None:
    said = [press(by_recruiter, "simulate", draft) for _ in range(2)]
    assert said == [
        "A simulated candidate is on its way. What is said appears under “Rehearsals”; reload to follow.",
        "A simulated candidate is at this interview already. Wait until it is done.",
    ]
    with tenant_scope(draft.tenant_id):
        Simulation.objects.update(state="done", output="Vivi  Why <b>pilot</b>?")
    page = page_of(by_recruiter, draft)
    assert ["Why &lt;b&gt;pilot&lt;/b&gt;?" in page, "Simulated candidate" in page, ">Done<" in page] == [True] * 3
