"""Questions that ask what they should not are noticed, in six languages, and the ordinary ones are left alone."""

import pytest

from interviews.demo.companies import COMPANIES
from interviews.domain.banks import DEFAULT_QUESTIONS
from interviews.domain.lawful import TOPICS, find_unlawful_topics

ASKED = {
    "en": {
        "age": "How old are you?",
        "family": "Do you have children, or plan to?",
        "marital status": "Are you married?",
        "pregnancy": "Are you pregnant?",
        "health": "How many sick days did you take last year?",
        "disability": "Do you have a disability?",
        "religion": "What is your religion?",
        "origin": "Where are you originally from?",
        "sexual orientation": "What is your sexual orientation?",
        "politics": "Whom did you vote for?",
        "union": "Are you a member of a trade union?",
    },
    "de": {
        "age": "Wie alt sind Sie?",
        "family": "Haben Sie Kinder?",
        "marital status": "Sind Sie verheiratet?",
        "pregnancy": "Sind Sie schwanger?",
        "health": "Wie oft waren Sie krank?",
        "disability": "Haben Sie eine Behinderung?",
        "religion": "Welcher Konfession gehören Sie an?",
        "origin": "Woher kommen Sie eigentlich?",
        "sexual orientation": "Sind Sie homosexuell?",
        "politics": "Welche Partei wählen Sie?",
        "union": "Sind Sie in der Gewerkschaft?",
    },
    "fr": {
        "age": "Quel âge avez-vous ?",
        "family": "Avez-vous des enfants ?",
        "marital status": "Êtes-vous mariée ?",
        "pregnancy": "Êtes-vous enceinte ?",
        "health": "Comment est votre santé ?",
        "disability": "Avez-vous un handicap ?",
        "religion": "Quelle est votre religion ?",
        "origin": "Quelle est votre nationalité ?",
        "union": "Êtes-vous syndiqué ?",
    },
    "es": {
        "age": "¿Cuántos años tiene?",
        "family": "¿Tiene hijos?",
        "marital status": "¿Cuál es su estado civil?",
        "pregnancy": "¿Está embarazada?",
        "health": "¿Ha tenido enfermedades graves?",
        "religion": "¿Cuál es su religión?",
        "union": "¿Pertenece a un sindicato?",
    },
    "pt": {
        "age": "Qual é a sua idade?",
        "family": "Você tem filhos?",
        "marital status": "Você é casada?",
        "pregnancy": "Você está grávida?",
        "health": "Você tem alguma doença?",
        "religion": "Qual é a sua religião?",
        "union": "Você é sindicalizado?",
    },
    "hi": {
        "age": "आपकी उम्र क्या है?",
        "family": "क्या आपके बच्चे हैं?",
        "marital status": "क्या आपकी शादी हो गई है?",
        "health": "आपका स्वास्थ्य कैसा है?",
        "religion": "आपका धर्म क्या है?",
        "origin": "आपकी जाति क्या है?",
        "politics": "आपने किसे वोट दिया?",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "topic", "text"),
    [(language, topic, text) for language, asked in ASKED.items() for topic, text in asked.items()],
)
def test_what_should_not_be_asked_is_noticed(language: str, topic: str, text: str) -> None:
    assert topic in [found.topic for found in find_unlawful_topics(text=text, language=language)]


def test_every_language_knows_every_topic() -> None:
    assert {language: set(topics) for language, topics in TOPICS.items()} == {key: set(TOPICS["en"]) for key in ASKED}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Tell me about an age-old problem that you weighed carefully."),
        ("en", "Which message would you send to a manager of pages?"),
        ("de", "Erzählen Sie von Ihrer Arbeit im Krankenhaus."),
        ("es", "¿Qué hizo como enfermera en su último turno?"),
        ("tlh", "How old are you?"),
    ],
)
def test_ordinary_words_are_left_alone(language: str, text: str) -> None:
    assert find_unlawful_topics(text=text, language=language) == []


def test_our_own_questions_ask_nothing_of_the_kind() -> None:
    drafts = [*DEFAULT_QUESTIONS, *(question for company in COMPANIES for question in company.questions)]
    texts = [("en", draft.text) for draft in drafts] + [pair for draft in drafts for pair in draft.translations.items()]
    assert [text for language, text in texts if find_unlawful_topics(text=text, language=language)] == []
