"""What the page's script says. Everything else is in the templates."""

from django.utils.translation import gettext as _

from interviews.enums import EndReason, SessionStatus
from interviews.models import Session


def describe_session(session: Session, *, can_restart: bool) -> str:
    """One sentence for the candidate: what is happening, or what happens next."""
    if session.status != SessionStatus.ENDED:
        return {
            SessionStatus.QUEUED: _("All interviewers are busy. You keep your place; this page starts by itself."),
            SessionStatus.STARTING: _("Your interviewer is getting ready. This takes a few seconds."),
            SessionStatus.WAITING: _("Your interviewer is here. Connecting you now."),
            SessionStatus.LIVE: _("Your interview is under way."),
        }[SessionStatus(session.status)]
    if session.end_reason in (EndReason.COMPLETED, EndReason.TIME_LIMIT):
        return ""
    if session.end_reason == EndReason.ENDED_BY_STAFF:
        return _("The hiring team ended this interview. They will be in touch with you.")
    if not can_restart:
        return _("This interview cannot be continued. Please write to the person who invited you.")
    match session.end_reason:
        case EndReason.LEFT:
            return _("Your answers so far are saved. Go on whenever you like; you start at the question you left.")
        case EndReason.START_FAILED:
            return _("Your interviewer could not be started. That is not your fault; please try again in a minute.")
        case EndReason.NEVER_JOINED:
            return _("Your interviewer waited, but the connection was never made. Please try again.")
        case _reason:
            return _("The connection broke. Your answers are saved; you go on at the same question.")


def script_texts(*, interviewer: str, typing_allowed: bool) -> dict[str, str]:
    """Every sentence the script shows, in the active language. {names} are filled in there."""
    return microphone_texts(typing_allowed=typing_allowed) | {
        "interviewer": interviewer,
        "you": _("You"),
        "unreachable": _("We can't reach the interview. Check your internet connection, then try again."),
        "went_wrong": _("Something went wrong on our side. Please try again."),
        "needs_consent": _("Please tick the box above to agree before you start."),
        "ready": _("You are all set."),
        "recording": _("Say something… {seconds}"),
        "playing": _("Playing it back…"),
        "record_again": _("Record again"),
        "question_of": _("Question {index} of {count}"),
        "question_time": _("{time} left for this question"),
        "total_time": _("{time} left in all"),
        "listening": _("Listening"),
        "hearing": _("Hearing you"),
        "thinking": _("Thinking"),
        "speaking": _("Speaking"),
        "unsteady": _("Connection is unsteady…"),
        "queued_title": _("You are number {position} in line"),
        "queued_note": _("All interviewers are busy. You keep your place; this page starts by itself."),
        "queued_next_title": _("You are next"),
        "queued_next_note": _("An interviewer will be free shortly. This page starts by itself."),
        "starting_title": _("Getting your interviewer ready"),
        "starting_note": _("This takes a few seconds. You will hear a greeting first."),
        "connecting_title": _("Connecting you"),
        "connecting_note": _("Your interviewer is here."),
        "reconnecting_title": _("Connection lost, reconnecting…"),
        "reconnecting_note": _("Your answers so far are saved. You go on at the same question."),
        "finishing_title": _("One moment"),
        "finishing_note": _("Saving your answers."),
        "failed_title": _("That did not work"),
        "left_title": _("You left the interview"),
        "left_note": _("Your answers so far are saved. Go on whenever you like."),
        "left_for_good": _("This interview cannot be continued. Please write to the person who invited you."),
        "elsewhere_title": _("Open in another window"),
        "elsewhere_note": _("This interview goes on in another window or on another device."),
        "try_again": _("Try again"),
        "continue": _("Continue the interview"),
        "continue_here": _("Continue here"),
        "mute": _("Mute"),
        "unmute": _("Unmute"),
        "muted": _("Your microphone is off."),
        "unmuted": _("Your microphone is on."),
        "use_microphone": _("Speak"),
        "paused": _("The interview is paused for a moment. Nothing you said is lost."),
        "pause": _("Pause"),
        "resume": _("Go on"),
        "pausing": _("Paused. Take a moment; press Go on when you are back."),
        "waiting": _("I wait until you press “I\u2019m done”."),
        "not_waiting": _("I go on when you have finished speaking."),
        "wait_offered": _(
            "Sorry if I cut you off. Press “Wait until I\u2019m done”, and pauses will not end your answers any more."
        ),
        "type_instead": _("You can type your answer here."),
        "warning_question": _("About {seconds} seconds left for this question. Finish your thought; there is no rush."),
        "warning_interview": _("The interview is nearly over: about {seconds} seconds left."),
        "recorded": _("This conversation is being recorded."),
        "team_minute": _("The hiring team has given you one more minute."),
        "team_minutes": _("The hiring team has given you {minutes} more minutes."),
        "team_skipped": _("The hiring team moved on to the next question."),
        "team_ended": _("The hiring team ended the interview. Your answers are saved."),
        "text_kept": _("Not sent yet. Your text is kept; send it once you are connected."),
    }


def microphone_texts(*, typing_allowed: bool) -> dict[str, str]:
    """What to do about a microphone. Typing is a way out only where the interview may be typed."""
    titles = {
        "mic_denied_title": _("The microphone is blocked"),
        "mic_missing_title": _("No microphone was found"),
        "mic_busy_title": _("The microphone does not answer"),
        "mic_unsupported_title": _("This browser cannot use a microphone here"),
    }
    if typing_allowed:
        return titles | {
            "needs_microphone": _("Check your microphone first, or choose to type."),
            "mic_denied_help": _(
                "Your browser does not let this page use the microphone. Open the settings next to the address at the "
                "top, allow the microphone, then try again. Or type your answers instead."
            ),
            "mic_missing_help": _("Plug in a headset or microphone and try again, or type your answers instead."),
            "mic_busy_help": _(
                "Close other programs that may be using it and try again, or type your answers instead."
            ),
            "mic_unsupported_help": _("Open the link in an up-to-date browser, or type your answers instead."),
            "microphone_lost": _("Your microphone went away. Type your answers, or plug it in and press Speak."),
        }
    return titles | {
        "needs_microphone": _("Check your microphone first."),
        "mic_denied_help": _(
            "Your browser does not let this page use the microphone. Open the settings next to the address at the "
            "top, allow the microphone, then try again."
        ),
        "mic_missing_help": _("Plug in a headset or microphone and try again."),
        "mic_busy_help": _("Close other programs that may be using it and try again."),
        "mic_unsupported_help": _("Open the link in an up-to-date browser."),
        "microphone_lost": _("Your microphone went away. Plug it in and press Speak."),
    }
