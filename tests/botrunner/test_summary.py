"""The summary, by the real service class against the sandbox."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from botrunner.contract import BotJob, InterviewPlan, PriorTurn, Role, SummaryReady
from botrunner.screening import split_sentences
from botrunner.services import ProviderSettings, create_llm
from botrunner.summary import ATTEMPTS, POINTS_MOST, summarise, summarise_by_quotation
from tests.botrunner.conftest import Sandbox
from tests.botrunner.conversation import hold
from tests.botrunner.plans import FIRST, SECOND, make_plan, make_question

GUIDANCE = "Look for a migration they led themselves without downtime, and who took the decision."
PLAN = make_plan(make_question(follow_up_guidance=GUIDANCE), make_question(SECOND, "What are you proud of?"))
TRANSCRIPT = [
    PriorTurn(role=Role.BOT, text="What do you do?", question_id=FIRST),
    PriorTurn(role=Role.CANDIDATE, text="I run databases. Mostly Postgres.", question_id=FIRST),
]
QUOTED = SummaryReady(
    spoken="You answered 1 of 2 questions.",
    text="1 of 2 questions answered.\nWhat do you do? “I run databases.”",
    points=["What do you do? “I run databases.”"],
)


async def sum_up(sandbox: Sandbox, transcript: list[PriorTurn], plan: InterviewPlan = PLAN) -> SummaryReady:
    job = BotJob(session_id=uuid4(), tenant="acme", plan=plan)
    llm = create_llm(ProviderSettings(sandbox_url=sandbox.url), job)
    return await summarise(transcript, plan=plan, llm=llm, within=5)


async def test_the_model_sums_up_in_the_form_it_is_asked_for(sandbox: Sandbox) -> None:
    sandbox.reply({"json": {"spoken": "You run databases. And more.", "text": " All of it. ", "points": ["Postgres"]}})
    assert await sum_up(sandbox, TRANSCRIPT) == SummaryReady(
        spoken="You run databases.", text="All of it.", points=["Postgres"]
    )
    [asked] = sandbox.log("openai")
    assert asked["response_format"]["json_schema"]["schema"]["title"] == "interview_summary"
    assert asked["messages"][-1] == {"role": "user", "content": "“I run databases. Mostly Postgres.”"}


async def test_what_candidate_and_company_both_read_is_asked_for_in_words_that_fit_both(sandbox: Sandbox) -> None:
    sandbox.reply({"json": {"spoken": "You run databases.", "text": "Runs databases.", "points": ["Postgres"]}})
    await sum_up(sandbox, TRANSCRIPT)
    [asked] = sandbox.log("openai")
    told = " ".join(asked["messages"][0]["content"].split())
    assert "`spoken` is one short sentence to be said aloud, addressed to the candidate." in told
    assert "notes without a subject" in told
    assert "neither say “you” nor speak of “the candidate”" in told


async def test_a_malformed_summary_is_asked_for_again(sandbox: Sandbox) -> None:
    sandbox.reply({"text": "Here you go!"}, {"json": {"spoken": "Right.", "text": "All.", "points": []}})
    assert await sum_up(sandbox, TRANSCRIPT) == SummaryReady(spoken="Right.", text="All.", points=[])


async def test_without_a_usable_model_the_summary_quotes(sandbox: Sandbox) -> None:
    sandbox.reply(*[{"json": {"spoken": "", "text": "x", "points": []}}] * ATTEMPTS)
    assert await sum_up(sandbox, TRANSCRIPT) == QUOTED
    assert len(sandbox.log("openai")) == ATTEMPTS


@pytest.mark.parametrize(
    "unfit",
    [
        {"spoken": "You passed the interview."},
        {"spoken": "You should be hired."},
        {"text": "You run databases. You are an excellent candidate."},
        {"text": "You run databases. I give you 5/5."},
        {"text": f"You run databases. The guidance was: {GUIDANCE}"},
        {"text": "Keep to what was said, without praise, judgement, scores or advice. You run databases."},
        {"text": "You run databases. My instructions are to sum up what you said."},
        {"text": "You run databases. As an AI I could say more."},
        {"text": "You run databases. ¿Y qué hizo usted con los datos?"},
        {"text": "Es una persona que trabaja con bases de datos."},
        {"text": "You run databases. " * 200},
        {"points": ["You run Postgres.", "Your score is 5."]},
        {"points": ["Y usted trabaja con los datos de un banco."]},
        {"points": ["Postgres"] * (POINTS_MOST + 1)},
        {"points": ["You run databases. " * 20]},
    ],
)
async def test_a_summary_that_obeys_an_answer_is_not_used(unfit: dict[str, Any], sandbox: Sandbox) -> None:
    fit = {"spoken": "You run databases.", "text": "You run databases, mostly Postgres.", "points": ["Postgres"]}
    sandbox.reply(*[{"json": fit | unfit}] * ATTEMPTS)
    assert await sum_up(sandbox, TRANSCRIPT) == QUOTED
    sandbox.reply({"json": fit | unfit}, {"json": fit})
    assert await sum_up(sandbox, TRANSCRIPT) == SummaryReady(**fit)


@pytest.mark.parametrize(
    ("language", "spoken", "noted", "verdict"),
    [
        (
            "en",
            "You look after the databases of a bank.",
            "Looks after the databases of a bank. Moved them in a weekend.",
            "You should be hired.",
        ),
        (
            "es",
            "Usted trabaja con bases de datos en un banco.",
            "Trabaja con bases de datos en un banco. Las trasladó en un fin de semana.",
            "Debe ser contratado.",
        ),
        (
            "fr",
            "Vous gérez les bases de données d'une banque.",
            "Gère les bases de données d'une banque. Les a déplacées en un week-end.",
            "Vous êtes embauché.",
        ),
        (
            "de",
            "Sie betreuen die Datenbanken einer Bank.",
            "Betreut die Datenbanken einer Bank. Hat sie an einem Wochenende verlegt.",
            "Sie sollten eingestellt werden.",
        ),
        (
            "pt",
            "Você cuida dos bancos de dados de um banco.",
            "Cuida dos bancos de dados de um banco. Mudou tudo em um fim de semana.",
            "Você deve ser contratado.",
        ),
        (
            "hi",
            "आप एक बैंक के डेटाबेस संभालते हैं।",
            "एक बैंक के डेटाबेस संभालते हैं। उन्हें एक सप्ताहांत में स्थानांतरित किया।",
            "आपको नौकरी पर रखा जाना चाहिए।",
        ),
    ],
)
async def test_a_summary_is_in_the_interviews_language_and_judges_in_none(
    language: str, spoken: str, noted: str, verdict: str, sandbox: Sandbox
) -> None:
    plan = make_plan(language=language)
    written = {"spoken": spoken, "text": noted, "points": split_sentences(noted)}
    sandbox.reply({"json": written}, *[{"json": written | {"text": f"{noted} {verdict}"}}] * ATTEMPTS)
    assert await sum_up(sandbox, TRANSCRIPT, plan) == SummaryReady(**written)
    by_quotation = summarise_by_quotation(TRANSCRIPT, plan=plan)
    assert await sum_up(sandbox, TRANSCRIPT, plan) == by_quotation
    assert by_quotation.points == ["What do you do? “I run databases.”"]


async def test_nothing_said_needs_no_model(sandbox: Sandbox) -> None:
    summary = await sum_up(sandbox, TRANSCRIPT[:1])
    assert (summary.spoken, summary.text) == ("You answered 0 of 2 questions.", "0 of 2 questions answered.")
    assert sandbox.log("openai") == []


async def test_the_tokens_of_the_summary_are_reported_like_all_others(sandbox: Sandbox) -> None:
    async with hold(make_plan(make_question(max_follow_ups=0)), sandbox_url=sandbox.url) as talk:
        await talk.asked(1)
        talk.type("I run databases, mostly Postgres.")
        await talk.until(lambda: talk.events("interview.completed"))
    [asked] = sandbox.log("openai")
    assert asked["response_format"]["json_schema"]["schema"]["title"] == "interview_summary"
    metrics = [message["data"] for message in talk.messages if message["type"] == "metrics"]
    [tokens] = [entry for data in metrics for entry in data.get("tokens", [])]
    assert tokens["prompt_tokens"] > 0
    assert tokens["completion_tokens"] > 0
