"""The interview held when the bot is tried alone, without Django: five general questions, no relay."""

from __future__ import annotations

from uuid import UUID, uuid4

from botrunner.contract import BotJob, InterviewPlan, Persona, PlannedQuestion

_QUESTIONS = (
    ("To begin, would you tell me a little about yourself and what you do?", "introduction"),
    ("Which strength of yours are you proudest of, and where has it shown?", "self-knowledge"),
    ("Tell me about a hard problem you solved. What made it hard, and what did you do?", "problem solving"),
    ("Describe a time you worked closely with other people. What was your part?", "collaboration"),
    ("What draws you to this role?", "motivation"),
)


def default_job() -> BotJob:
    """A complete job for one session."""
    return BotJob(session_id=uuid4(), tenant="default", plan=default_plan())


def default_plan() -> InterviewPlan:
    questions = [
        PlannedQuestion(
            id=UUID(int=number),
            text=text,
            competency=competency,
            follow_up_guidance="Ask for one concrete example when the answer has none.",
        )
        for number, (text, competency) in enumerate(_QUESTIONS, start=1)
    ]
    return InterviewPlan(
        title="General interview",
        persona=Persona(company="Vivavoce"),
        intro="Hello, and welcome to your interview.",
        disclosure="I am an automated interviewer, an AI. A person reviews everything before anything is decided.",
        outro="Thank you for your time today. Goodbye.",
        questions=questions,
    )
