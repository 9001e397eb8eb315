"""The interview held when the bot is tried alone, without Django: five general questions, no relay."""

from __future__ import annotations

from uuid import UUID, uuid4

from botrunner.catalogue import catalogue
from botrunner.contract import BotJob, InterviewPlan, Persona, PlannedQuestion


def default_job(language: str = "en") -> BotJob:
    """A complete job for one session."""
    return BotJob(session_id=uuid4(), tenant="default", plan=default_plan(language))


def default_plan(language: str = "en") -> InterviewPlan:
    _ = catalogue(language).gettext
    asked = (
        (_("To begin, would you tell me a little about yourself and what you do?"), "introduction"),
        (_("Which strength of yours are you proudest of, and where has it shown?"), "self-knowledge"),
        (_("Tell me about a hard problem you solved. What made it hard, and what did you do?"), "problem solving"),
        (_("Describe a time you worked closely with other people. What was your part?"), "collaboration"),
        (_("What draws you to this role?"), "motivation"),
    )
    questions = [
        PlannedQuestion(
            id=UUID(int=number),
            text=text,
            competency=competency,
            follow_up_guidance="Ask for one concrete example when the answer has none.",
        )
        for number, (text, competency) in enumerate(asked, start=1)
    ]
    return InterviewPlan(
        title=_("General interview"),
        language=language,
        persona=Persona(company="Vivavoce"),
        intro=_("Hello, and welcome to your interview."),
        disclosure=_("I am an automated interviewer, an AI. A person reviews everything before anything is decided."),
        outro=_("Thank you for your time today. Goodbye."),
        questions=questions,
    )
