"""What the bot says of its own accord, by language; the plan's own words are not here.

Fixed words are the same for every candidate, which is fair and lets their audio be made ahead.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from functools import cache

from botrunner.catalogue import catalogue


@dataclass(frozen=True)
class Phrases:
    acknowledgements: tuple[str, ...]
    welcome_back: str
    reprompt: str
    still_listening: str
    offer_typing: str
    pausing: str
    question_time_warning: str
    interview_time_warning: str
    question_time_over: str
    interview_time_over: str
    nothing_said: str
    too_short: str
    closing: str
    ended_by_staff: str
    goodbye: str
    trouble: str
    broken: str
    voice_unavailable: str
    team_message: str

    def all_texts(self) -> list[str]:
        """Every text that is said as it stands, most urgent first, for synthesis ahead of time."""
        fixed = (text for text in astuple(self) if isinstance(text, str) and "{" not in text)
        return [*self.acknowledgements, *fixed]


@cache
def phrases_for(language: str) -> Phrases:
    """The phrases of a BCP 47 language tag, else of its base language, else English."""
    _ = catalogue(language).gettext
    return Phrases(
        acknowledgements=(
            _("Thank you."),
            _("Thanks for sharing that."),
            _("I see, thank you."),
            _("Thank you for that answer."),
            _("All right, thank you."),
            _("Understood, thank you."),
        ),
        welcome_back=_("Welcome back. Let us go on where we stopped."),
        reprompt=_("Take your time. Whenever you are ready, I would like to hear your answer."),
        still_listening=_("I am still listening. Press done when your answer is complete."),
        offer_typing=_("If you would rather type, you can write your answer in the text box instead."),
        pausing=_("I will wait quietly for now. Just speak or type when you would like to go on."),
        question_time_warning=_("Just so you know, there is a little time left for this question."),
        interview_time_warning=_("Just so you know, we are getting towards the end of our time."),
        question_time_over=_("Thank you, our time for this question is up, so let us move on."),
        interview_time_over=_("Thank you, we have come to the end of our time."),
        nothing_said=_(
            "I have not heard an answer yet. You can speak or type it, or press done again to leave it out."
        ),
        too_short=_("Could you tell me a little more about that?"),
        closing=_("Thank you, that was my last question. Give me a moment to sum up."),
        ended_by_staff=_("The hiring team has asked me to close the interview here."),
        team_message=_("A message from the hiring team: {text}"),
        trouble=_("Sorry, something got stuck on my side. Let us go on."),
        broken=_("I am sorry, something is not working on our side. You can go on with the same link in a moment."),
        voice_unavailable=_("I can't speak at the moment. Please read what I say; you can answer as before."),
        goodbye=_("All right, we stop here. You can come back with the same link. Goodbye."),
    )


ENGLISH = phrases_for("en")
