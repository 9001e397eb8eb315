"""What an interview says unless a company says it differently; the catalogues translate it."""

from django.utils.translation import gettext_noop

DEFAULT_INTRO = gettext_noop("Hello, and thank you for taking the time to talk with us today.")
DEFAULT_DISCLOSURE = gettext_noop(
    "You are talking to an automated interviewer, an AI. It asks the same questions of everyone; "
    "people at the company read your answers and make every decision."
)
DEFAULT_CONSENT = gettext_noop(
    "I agree to be interviewed by an AI and to my spoken and typed answers being transcribed, "
    "summarised and read by the hiring team."
)
DEFAULT_RECORDING_CONSENT = gettext_noop(
    "I also agree to this conversation being recorded, so that the hiring team can listen to it. "
    "This is up to me: without it the interview is held just the same, unrecorded."
)
DEFAULT_OUTRO = gettext_noop("That was the last question. Thank you for your answers.")
DEFAULT_NEXT_STEPS = gettext_noop(
    "The hiring team reads your answers and will be in touch. There is nothing else you need to do."
)

#: Field of Interview -> its text as shipped, which the catalogues translate.
SHIPPED = {
    "intro": DEFAULT_INTRO,
    "disclosure": DEFAULT_DISCLOSURE,
    "consent_text": DEFAULT_CONSENT,
    "recording_consent_text": DEFAULT_RECORDING_CONSENT,
    "outro": DEFAULT_OUTRO,
    "next_steps": DEFAULT_NEXT_STEPS,
}
