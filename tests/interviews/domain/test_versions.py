"""Publishing keeps an interview as it stood, and candidates meet what was published."""

from __future__ import annotations

import pytest

from interviews.domain.invitations import create_invitation, record_consent
from interviews.domain.plans import PlanError, compile_plan
from interviews.domain.sessions import end_session
from interviews.domain.versions import NotReady, archive, next_consent_version, publish, restore
from interviews.enums import EndReason, InterviewStatus, Mode
from interviews.models import Interview, InterviewVersion, Invitation, Question
from tenants.models import Tenant
from tests.interviews.factories import InterviewFactory, make_invitation, make_session


def make_draft(**fields: object) -> Interview:
    interview: Interview = InterviewFactory.create(status=InterviewStatus.DRAFT, **fields)
    return interview


def planned(invitation: Invitation) -> list[str]:
    return [question.text for question in compile_plan(invitation=invitation).questions]


def again(invitation: Invitation) -> Invitation:
    """As the next request reads it."""
    return Invitation.objects.get(pk=invitation.pk)


def test_publishing_numbers_the_versions_and_the_same_is_no_new_one(in_acme: Tenant) -> None:
    interview = make_draft()
    first = publish(interview=interview)
    same = publish(interview=interview)
    Question.objects.update(text="Why?")
    second = publish(interview=interview)
    assert (first.number, same.pk == first.pk, second.number) == (1, True, 2)
    assert interview.status == InterviewStatus.PUBLISHED


def test_candidates_meet_what_was_published_and_not_the_edits_since(in_acme: Tenant) -> None:
    interview = make_draft(questions=1, title="Engineer")
    publish(interview=interview)
    [before] = [question.text for question in interview.asked_questions()]
    Question.objects.update(text="Rewritten?")
    Interview.objects.update(title="Other", retries=9)
    invitation = make_invitation(interview=interview)
    plan = compile_plan(invitation=invitation)
    assert (plan.title, plan.retries, [question.text for question in plan.questions]) == ("Engineer", 3, [before])

    publish(interview=interview)
    assert planned(again(invitation)) == ["Rewritten?"]


def test_a_session_says_its_version_and_an_interview_under_way_keeps_it(in_acme: Tenant) -> None:
    interview = make_draft(questions=1)
    first = publish(interview=interview)
    invitation = make_invitation(interview=interview)
    begun = make_session(invitation=invitation)
    asked = begun.plan["questions"][0]["text"]
    end_session(session=begun, reason=EndReason.BOT_LOST)
    Question.objects.update(text="Rewritten?")
    publish(interview=interview)

    resumed = make_session(invitation=again(invitation))
    assert (begun.version, resumed.version) == (first, first)
    assert resumed.plan["questions"][0]["text"] == asked


def test_a_version_from_before_a_limit_was_known_has_its_default(in_acme: Tenant) -> None:
    interview = make_draft(questions=1)
    snapshot = publish(interview=interview).snapshot
    del snapshot["questions"][0]["min_words"]
    InterviewVersion.objects.create(interview=interview, number=2, snapshot=snapshot)
    Question.objects.update(min_words=40)
    plan = compile_plan(invitation=make_invitation(interview=Interview.objects.get()))
    assert [question.min_words for question in plan.questions] == [2]


def test_a_version_never_changes(in_acme: Tenant) -> None:
    version = publish(interview=make_draft())
    version.number = 7
    with pytest.raises(TypeError):
        version.save()


def test_what_is_missing_keeps_it_a_draft(in_acme: Tenant) -> None:
    interview = make_draft(questions=0, consent_text=" ")
    with pytest.raises(NotReady) as refused:
        publish(interview=interview)
    assert [gap.text for gap in refused.value.gaps] == [
        "The interview has no questions. Choose at least one.",
        "The consent is empty. Write what candidates agree to.",
    ]
    assert (Interview.objects.get().status, interview.versions.count()) == (InterviewStatus.DRAFT, 0)


GERMAN = {"disclosure": "Eine KI.", "consent_text": "Einverstanden.", "recording_consent_text": "Aufgenommen."}


@pytest.mark.parametrize(
    ("edit", "version"),
    [
        ({"title": "Other"}, "1"),
        ({"consent_text": "Other words."}, "2"),
        ({"disclosure": "Other words."}, "2"),
        ({"translations": {"de": GERMAN | {"consent_text": "Andere Worte."}}}, "2"),
        ({"translations": {"de": GERMAN, "fr": {"consent_text": "Pas proposé."}}}, "1"),
        ({"recording_consent_text": "Other words, but nothing is recorded."}, "1"),
        ({"recording_consent_text": "Other words.", "record": True}, "2"),
        ({"consent_text": "Other words.", "consent_version": "9"}, "9"),
    ],
)
def test_other_words_are_another_consent(in_acme: Tenant, edit: dict[str, object], version: str) -> None:
    interview = make_draft(languages=["en", "de"], translations={"de": GERMAN})
    Question.objects.update(translations={"de": {"text": "Warum?"}})
    publish(interview=interview)
    Interview.objects.update(**edit)
    published = publish(interview=interview)
    assert (published.snapshot["interview"]["consent_version"], interview.consent_version) == (version, version)


def test_before_it_is_published_the_consent_is_only_being_written(in_acme: Tenant) -> None:
    interview = make_draft()
    Interview.objects.update(consent_text="Better words.")
    publish(interview=interview)
    assert interview.consent_version == "1"


@pytest.mark.parametrize(
    ("current", "following"), [("1", "2"), ("9", "10"), ("2026-v3", "2026-v4"), ("blue", "blue-2")]
)
def test_the_next_consent(current: str, following: str) -> None:
    assert next_consent_version(current) == following


def test_who_agreed_before_agrees_to_the_new_words(in_acme: Tenant) -> None:
    interview = make_draft()
    publish(interview=interview)
    invitation = make_invitation(interview=interview)
    record_consent(invitation=invitation, locale="en", mode=Mode.VOICE)
    Interview.objects.update(consent_text="Other words.")
    publish(interview=interview)
    later = again(invitation)
    record_consent(invitation=later, locale="en", mode=Mode.VOICE)
    assert (invitation.consent_version, later.consent_version, later.consent_text) == ("1", "2", "Other words.")


def test_only_what_is_published_can_be_invited_to(in_acme: Tenant) -> None:
    interview = make_draft()

    def try_to_invite() -> str:
        try:
            create_invitation(interview=interview, candidate_name="Kim", candidate_email="kim@example.org")
        except PlanError as error:
            return str(error)
        return ""

    sentences = [try_to_invite()]
    for step in (publish, archive, restore):
        step(interview=interview)
        sentences.append(try_to_invite())
    assert sentences == [
        "This interview is a draft. Publish it before inviting anybody.",
        "",
        "This interview is archived and takes no new invitations. Restore it before inviting anybody.",
        "",
    ]


def test_an_archived_draft_comes_back_as_a_draft(in_acme: Tenant) -> None:
    interview = make_draft()
    archive(interview=interview)
    restore(interview=interview)
    assert interview.status == InterviewStatus.DRAFT
