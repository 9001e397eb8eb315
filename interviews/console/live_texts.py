"""The words that the live pages' scripts write, translated here. `{names}` are filled in by the script."""

from django.utils.translation import gettext as _


def page_texts() -> dict[str, str]:
    return {
        "page_connecting": _("Connecting"),
        "page_open": _("Up to date"),
        "page_lost": _("Connection lost, trying again"),
        "page_gone": _("You can no longer watch"),
    }


def list_texts() -> dict[str, str]:
    return page_texts() | {
        "question_of": _("Question {index} / {count}"),
        "no_question": _("No question yet"),
        "paused": _("Paused"),
        "minutes_of": _("{minutes} of {limit} min"),
        "waits_for": _("waits {minutes} min"),
        "has_come": _("{name} has begun."),
        "has_gone": _("The interview with {name} is over."),
        "bot_open": _("Interviewer connected"),
        "bot_lost": _("Interviewer not heard from"),
        "bot_expected": _("Interviewer on its way"),
    }


def session_texts() -> dict[str, str]:
    return page_texts() | {
        "bot_open": _("Interviewer connected"),
        "bot_expected": _("Interviewer on its way"),
        "bot_silent": _("Interviewer silent for {seconds} s"),
        "command_say": _("Say “{text}”"),
        "command_extend": _("More time: {minutes} min"),
        "command_skip": _("Skip the question"),
        "command_end": _("End the interview"),
        "command_pending": _("The interviewer has not answered yet"),
        "command_done": _("Done"),
        "command_said": _("Said"),
        "command_failed": _("Not done"),
        "problem_not_begun": _("the interview had not begun"),
        "problem_closing": _("the interview was already coming to its end"),
        "problem_not_heard": _("the candidate spoke before it was heard to its end"),
        "problem_question_over": _("the question was already over"),
        "problem_malformed": _("the interviewer did not understand it"),
        "problem_ended": _("the session ended before the interviewer could answer"),
        "command_unsent": _("The server could not be reached. Nothing was sent; try again."),
        "command_waits": _("Said once the candidate pauses"),
        "typed": _("typed"),
        "interrupted": _("interrupted"),
        "ended_because": _("Reason:"),
        "question_of": _("Question {index} of {count}"),
        "follow_ups": _("follow-up {count}"),
        "activity_silent": _("No word from the interviewer"),
        "activity_live": _("In conversation"),
        "activity_listening": _("Listening"),
        "activity_hearing": _("Candidate is speaking"),
        "activity_thinking": _("Thinking"),
        "activity_speaking": _("Interviewer is speaking"),
        "activity_paused": _("Paused"),
        "empty_queued": _("The candidate has pressed start and waits for a free interviewer."),
        "empty_starting": _("The interviewer is being started."),
        "empty_waiting": _("The interviewer is ready and waits for the candidate to connect."),
        "empty_live": _("The conversation appears here as it is said."),
        "empty_ended": _("Nothing was said in this session."),
    }
