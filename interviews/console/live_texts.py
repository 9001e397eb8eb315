"""The words that the live pages' scripts write, translated here. `{names}` are filled in by the script."""

from django.utils.translation import gettext as _


def page_texts() -> dict[str, str]:
    return {
        "page_connecting": _("Connecting"),
        "page_open": _("Up to date"),
        "page_lost": _("Connection lost, trying again"),
    }


def list_texts() -> dict[str, str]:
    return page_texts() | {
        "candidate": _("Candidate"),
        "interview": _("Interview"),
        "status": _("State"),
        "question": _("Question"),
        "since": _("Since"),
        "connection": _("Interviewer"),
        "bot_open": _("Connected"),
        "bot_lost": _("Not heard from"),
        "bot_expected": _("On its way"),
        "just_now": _("just now"),
        "minutes": _("{minutes} min"),
    }


def session_texts() -> dict[str, str]:
    return page_texts() | {
        "bot_open": _("Interviewer connected"),
        "bot_expected": _("Interviewer on its way"),
        "bot_silent": _("Interviewer silent for {seconds} s"),
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
