from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from interviews.domain import emails, invitations, plans
from interviews.domain.languages import describe_missing, interview_texts, match_language, name_natively, read_language
from interviews.models import Interview, Question
from interviews.models.texts import SHIPPED
from tenants.models import Brand, Tenant
from tests.interviews.factories import CandidateFactory, InterviewFactory, make_invitation

LANGUAGES = [code for code, _name in settings.LANGUAGES]


def translate(interview: Interview, *codes: str) -> None:
    interview.languages = ["en", *codes]
    interview.save()
    for question in Question.objects.filter(interviews=interview):
        question.translations = {code: {"text": f"{question.text} [{code}]"} for code in codes}
        question.save()


@pytest.mark.parametrize(
    ("tag", "language"),
    [("de", "de"), ("DE-at", "de"), ("pt_BR", "pt"), ("", None), ("d", None), ("deutsch", None), ("de\x00", None)],
)
def test_a_tag_means_its_language_or_nothing(tag: str, language: str | None) -> None:
    assert match_language(tag, LANGUAGES) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [("English", "en"), (" deutsch ", "de"), ("German", "de"), ("ESPAÑOL", "es"), ("pt-BR", "pt"), ("Elvish", None)],
)
def test_in_a_list_a_language_goes_by_its_names_too(text: str, language: str | None) -> None:
    assert read_language(text, LANGUAGES) == language


def test_languages_are_named_as_their_speakers_write_them() -> None:
    assert [name_natively(code) for code in ("en", "es", "fr", "de")] == ["English", "Español", "Français", "Deutsch"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plan_is_in_one_language_throughout(in_acme: Tenant, language: str) -> None:
    interview = InterviewFactory.create(title="Engineer")
    translate(interview, *(code for code in LANGUAGES if code != "en"))
    interview.translations = {"de": {"title": "Ingenieurin", "outro": "Das war es."}}
    interview.save()
    Brand.objects.update(interviewer_name="")
    plan = plans.compile_plan(invitation=make_invitation(interview=interview, language=language))
    texts = interview_texts(interview=interview, language=language)
    assert (plan.language, plan.intro, plan.disclosure) == (language, texts.intro, texts.disclosure)
    assert (plan.title, plan.outro == "Das war es.") == (
        ("Ingenieurin", True) if language == "de" else ("Engineer", False)
    )
    assert (plan.intro == SHIPPED["intro"], plan.persona.interviewer == "your interviewer") == (language == "en",) * 2
    endings = {question.text[-4:] for question in plan.questions}
    assert (endings == {f"[{language}]"}) is (language != "en")


def test_nobody_is_invited_while_a_question_lacks_a_language(in_acme: Tenant) -> None:
    interview = InterviewFactory.create(questions=5, languages=["en", "de"])
    first, *others = [link.question for link in interview.interview_questions.all()]
    first.translations = {"de": {"text": "Was?"}}
    first.save()
    with pytest.raises(plans.PlanError) as refused:
        invitations.create_invitation(interview=interview, candidate_name="Kim", candidate_email="kim@example.org")
    assert str(refused.value) == (
        f"These questions have no German text: “{others[0]}”, “{others[1]}”, “{others[2]}” and 1 more. "
        "Translate them in their question bank, or do not offer German."
    )


def test_a_text_of_the_companys_own_is_wanted_in_each_language(in_acme: Tenant) -> None:
    interview = InterviewFactory.create(questions=1, consent_text="I agree to Acme's terms.")
    translate(interview, "fr")
    asked = [link.question for link in interview.interview_questions.all()]
    assert describe_missing(interview=interview, questions=asked) == (
        "These texts have no French version: consent. Add it, or do not offer French."
    )
    interview.translations = {"fr": {"consent_text": "J'accepte les conditions d'Acme."}}
    assert describe_missing(interview=interview, questions=asked) == ""


def test_a_bank_may_be_written_in_another_language_than_english(in_acme: Tenant) -> None:
    interview = InterviewFactory.create(questions=1, languages=["de"])
    question = interview.interview_questions.get().question
    question.bank.language, question.text = "de", "Was reizt Sie?"
    question.bank.save()
    question.save()
    plan = plans.compile_plan(invitation=make_invitation(interview=interview))
    assert (plan.language, plan.questions[0].text, plan.intro[:9]) == ("de", "Was reizt Sie?", "Guten Tag")


@pytest.mark.parametrize(
    "fields",
    [
        {"languages": []},
        {"languages": ["tlh"]},
        {"languages": ["en", "en"]},
        {"languages": "en"},
        {"languages": [{}]},
        {"translations": ["de"]},
        {"translations": {"tlh": {}}},
        {"translations": {"de": {"status": "archived"}}},
        {"translations": {"de": {"intro": 1}}},
        {"translations": {"de": {"title": "x" * 161}}},
    ],
)
def test_what_is_no_language_or_translation_is_refused(in_acme: Tenant, fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Interview(tenant=in_acme, title="Engineer", **fields).full_clean()


MAILS = {
    "en": ("Your interview with Acme: Engineer", "The link works until Thursday, 24 December 2026, 20:00 (UTC)."),
    "es": (
        "Su entrevista con Acme: Engineer",
        "El enlace funciona hasta el jueves, 24 de diciembre de 2026, 20:00 (UTC).",
    ),
    "fr": (
        "Votre entretien avec Acme : Engineer",
        "Le lien fonctionne jusqu\u2019au jeudi 24 décembre 2026, 20:00 (UTC).",
    ),
    "de": ("Ihr Interview bei Acme: Engineer", "Der Link gilt bis Donnerstag, 24. Dezember 2026, 20:00 (UTC)."),
    "pt": (
        "Sua entrevista com Acme: Engineer",
        "O link funciona até Quinta-feira, 24 de Dezembro de 2026, 20:00 (UTC).",
    ),
    "hi": ("Acme के साथ आपका साक्षात्कार: Engineer", "यह लिंक गुरूवार, 24 दिसमबर 2026, 20:00 (UTC) तक काम करेगा।"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_is_in_the_candidates_language_in_text_and_html_alike(in_acme: Tenant, language: str) -> None:
    Brand.objects.update(display_name="Acme")
    interview = InterviewFactory.create(title="Engineer")
    translate(interview, *(code for code in LANGUAGES if code != "en"))
    email = emails.queue_invitation_email(
        invitation=make_invitation(
            interview=interview,
            candidate=CandidateFactory.create(locale=language),
            expires_at=datetime(2026, 12, 24, 20, 0, tzinfo=UTC),
        )
    )
    subject, deadline = MAILS[language]
    assert email.subject == subject
    assert (deadline in email.text_body, deadline in email.html_body) == (True, True)
    assert f'<html lang="{language}">' in email.html_body
    assert ("You talk to an AI interviewer" in email.text_body) is (language == "en")


def test_a_mail_to_somebody_unknown_is_in_the_interviews_first_language(in_acme: Tenant) -> None:
    interview = InterviewFactory.create()
    translate(interview, "de")
    email = emails.queue_invitation_email(
        invitation=make_invitation(interview=interview, candidate=CandidateFactory.create(locale="ja"))
    )
    assert '<html lang="en">' in email.html_body


def test_what_is_newly_known_of_a_candidates_language_counts(in_acme: Tenant) -> None:
    interview = InterviewFactory.create()
    translate(interview, "de", "fr")
    invited = [
        invitations.create_invitation(
            interview=interview, candidate_name="Kim", candidate_email="kim@example.org", locale=locale
        ).candidate.locale
        for locale in ("", "de", "", "fr")
    ]
    assert invited == ["", "de", "de", "fr"]
