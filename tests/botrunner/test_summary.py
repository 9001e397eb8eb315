"""The summary, by the real service class against the sandbox."""

from uuid import uuid4

from botrunner.contract import BotJob, PriorTurn, Role, SummaryReady
from botrunner.services import ProviderSettings, create_llm
from botrunner.summary import ATTEMPTS, summarise
from tests.botrunner.conftest import Sandbox
from tests.botrunner.plans import FIRST, make_plan

PLAN = make_plan()
TRANSCRIPT = [
    PriorTurn(role=Role.BOT, text="What do you do?", question_id=FIRST),
    PriorTurn(role=Role.CANDIDATE, text="I run databases. Mostly Postgres.", question_id=FIRST),
]
QUOTED = SummaryReady(
    spoken="You answered 1 of 2 questions.",
    text="You answered 1 of 2 questions.\nWhat do you do? “I run databases.”",
    points=["What do you do? “I run databases.”"],
)


async def sum_up(sandbox: Sandbox, transcript: list[PriorTurn]) -> SummaryReady:
    job = BotJob(session_id=uuid4(), tenant="acme", plan=PLAN)
    llm = create_llm(ProviderSettings(sandbox_url=sandbox.url), job)
    return await summarise(transcript, plan=PLAN, llm=llm, within=5)


async def test_the_model_sums_up_in_the_form_it_is_asked_for(sandbox: Sandbox) -> None:
    sandbox.reply({"json": {"spoken": "You run databases. And more.", "text": " All of it. ", "points": ["Postgres"]}})
    assert await sum_up(sandbox, TRANSCRIPT) == SummaryReady(
        spoken="You run databases.", text="All of it.", points=["Postgres"]
    )
    [asked] = sandbox.log("openai")
    assert asked["response_format"]["json_schema"]["schema"]["title"] == "interview_summary"
    assert asked["messages"][-1] == {"role": "user", "content": "“I run databases. Mostly Postgres.”"}


async def test_a_malformed_summary_is_asked_for_again(sandbox: Sandbox) -> None:
    sandbox.reply({"text": "Here you go!"}, {"json": {"spoken": "Right.", "text": "All.", "points": []}})
    assert await sum_up(sandbox, TRANSCRIPT) == SummaryReady(spoken="Right.", text="All.", points=[])


async def test_without_a_usable_model_the_summary_quotes(sandbox: Sandbox) -> None:
    sandbox.reply(*[{"json": {"spoken": "", "text": "x", "points": []}}] * ATTEMPTS)
    assert await sum_up(sandbox, TRANSCRIPT) == QUOTED
    assert len(sandbox.log("openai")) == ATTEMPTS


async def test_nothing_said_needs_no_model(sandbox: Sandbox) -> None:
    summary = await sum_up(sandbox, TRANSCRIPT[:1])
    assert summary.text == "You answered 0 of 2 questions."
    assert sandbox.log("openai") == []
