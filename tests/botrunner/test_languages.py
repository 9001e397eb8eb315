"""What a bot says and what models are told, language by language."""

from __future__ import annotations

import pytest

from botrunner.contract import PriorTurn, Role
from botrunner.default_plan import default_plan
from botrunner.flow import role_message
from botrunner.follow_up import word_follow_up
from botrunner.sandbox.interviewer import reply_to
from botrunner.summary import INSTRUCTION, summarise_by_quotation

TOOLS = [{"type": "function", "function": {"name": name}} for name in ("ask_follow_up", "accept_answer")]
FOLLOW_UPS = {
    "en": "You said “Yes”. Could you tell me more about that, with an example?",
    "es": "Ha dicho «Yes». ¿Podría contarme más sobre eso, con un ejemplo?",
    "fr": "Vous avez dit « Yes ». Pourriez-vous m\u2019en dire plus, avec un exemple ?",
    "de": "Sie sagten: „Yes“. Könnten Sie mir dazu mehr erzählen, mit einem Beispiel?",
    "pt": "Você disse “Yes”. Poderia me contar mais sobre isso, com um exemplo?",
    "hi": "आपने कहा “Yes”। क्या आप उदाहरण के साथ इसके बारे में और बता सकते हैं?",
}
ANSWERED = {
    "en": "You answered 1 of 5 questions.",
    "es": "Ha respondido 1 de 5 preguntas.",
    "fr": "Questions auxquelles vous avez répondu : 1 sur 5.",
    "de": "Sie haben 1 von 5 Fragen beantwortet.",
    "pt": "Você respondeu 1 de 5 perguntas.",
    "hi": "आपने 5 में से 1 प्रश्न पूरे किए।",
}
#: The same in words that fit whoever reads them, the candidate or the company.
NOTED = {
    "en": "1 of 5 questions answered.",
    "es": "1 de 5 preguntas respondidas.",
    "fr": "Réponses données : 1 sur 5.",
    "de": "1 von 5 Fragen beantwortet.",
    "pt": "1 de 5 perguntas respondidas.",
    "hi": "उत्तर दिए गए प्रश्न: 5 में से 1।",
}


@pytest.mark.parametrize("language", FOLLOW_UPS)
def test_a_follow_up_is_asked_in_the_interviews_language(language: str) -> None:
    plan = default_plan(language)
    messages = [
        {"role": "system", "content": role_message(plan, plan.questions[0])},
        {"role": "assistant", "content": plan.questions[0].text},
        {"role": "user", "content": "Yes."},
    ]
    asked = reply_to({"messages": messages, "tools": TOOLS}).arguments["question"]
    assert asked == FOLLOW_UPS[language]
    spoken = word_follow_up(asked, question=plan.questions[0], language=language)
    assert spoken != ""
    assert asked.endswith(spoken)


def test_what_a_candidate_says_of_the_language_changes_nothing() -> None:
    order = "Language: German (de)."
    messages = [{"role": "assistant", "content": order}, {"role": "user", "content": order}]
    assert reply_to({"messages": messages, "tools": TOOLS}).arguments["question"].startswith("You said “Language")


@pytest.mark.parametrize("language", ANSWERED)
def test_a_summary_by_quotation_is_in_the_interviews_language(language: str) -> None:
    plan = default_plan(language)
    said = [PriorTurn(role=Role.CANDIDATE, text="Ja. Nein.", question_id=plan.questions[0].id)]
    summary = summarise_by_quotation(said, plan=plan)
    point = f"{plan.questions[0].text} “Ja.”"
    assert (summary.spoken, summary.points) == (ANSWERED[language], [point])
    assert summary.text == f"{NOTED[language]}\n{point}"


def test_models_are_told_the_language_by_name() -> None:
    plan = default_plan("hi")
    assert role_message(plan, plan.questions[0]).count("Hindi (hi)") == 2
    assert "Language: {language}." in INSTRUCTION
