"""What the mails say, each once: its text and its HTML are two renderings of one Letter."""

from dataclasses import dataclass, field
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from interviews.domain.languages import InterviewTexts, interview_texts
from interviews.enums import EmailKind
from interviews.models import Candidate, Invitation, OutgoingEmail
from tenants.brand_texts import fill_in
from tenants.colours import Theme, make_palette
from tenants.models import Brand

DEFAULT_COLOUR = "#1f4fd1"
#: What templates/mail/letter.html is written on.
MAIL = Theme(surface="#ffffff", page="#ffffff", tint=0.0, dark=False)

Words = dict[str, str | int]
#: Subject, headline, paragraphs.
Saying = tuple[str, str, list[str]]


@dataclass(frozen=True)
class Letter:
    """A mail in one language, top to bottom. `note` is the recruiter's own words, `ways` are (sentence, address)."""

    subject: str
    headline: str
    greeting: str = ""
    paragraphs: list[str] = field(default_factory=list)
    note: str = ""
    action: str = ""
    link: str = ""
    deadline: str = ""
    ways: list[tuple[str, str]] = field(default_factory=list)
    closing: str = ""
    signature: str = ""
    language: str = "en"


def zone_of(candidate: Candidate) -> ZoneInfo:
    """The candidate's time zone; UTC where what is stored names none."""
    try:
        return ZoneInfo(candidate.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def company_of(*, invitation: Invitation, brand: Brand | None) -> str:
    return brand.display_name if brand else invitation.tenant.name


def write_letter(*, kind: EmailKind, invitation: Invitation, brand: Brand | None) -> Letter:
    """The candidate's mail of this kind, in the active language, which is one that the interview offers."""
    language = get_language()
    texts = interview_texts(interview=invitation.offered, language=language)
    zone = zone_of(invitation.candidate)
    mail_format = pgettext("date format of a mail", "l, j F Y, H:i")
    company = company_of(invitation=invitation, brand=brand)
    words: Words = {
        "company": company,
        "title": texts.title,
        "deadline": date_format(invitation.expires_at.astimezone(zone), mail_format),
        "zone": zone.key,
        "minutes": minutes_of(invitation),
        "when": date_format(invitation.planned_at.astimezone(zone), mail_format) if invitation.planned_at else "",
    }
    own = partial(find_own_words, invitation=invitation, brand=brand, texts=texts, company=company)
    subject, headline, paragraphs = SAYINGS[kind](words, invitation, texts, own(OWN_TEXTS.get(kind)))
    inviting = kind in WITH_LINK
    return Letter(
        language=language,
        subject=subject,
        greeting=_("Hello %(name)s,") % {"name": invitation.candidate.name},
        headline=headline,
        paragraphs=[paragraph for paragraph in paragraphs if paragraph],
        note=invitation.personal_note if kind == EmailKind.INVITATION else "",
        action=_("Open your interview:") if inviting else "",
        link=OutgoingEmail.LINK_PLACEHOLDER if inviting else "",
        deadline=_("The link works until %(deadline)s (%(zone)s).") % words if inviting else "",
        ways=other_ways() if inviting else [],
        closing=(own("closing_text") or _("Good luck, and take your time.")) if inviting else "",
        signature=company,
    )


def find_own_words(
    text: str | None, *, invitation: Invitation, brand: Brand | None, texts: InterviewTexts, company: str
) -> str:
    """What the company wrote as this text of its brand; empty in a language that it did not write in."""
    if brand is None or text is None:
        return ""
    written = brand.text_in(texts.language, text)
    return fill_in(written, name=invitation.candidate.name, company=company, title=texts.title)


def minutes_of(invitation: Invitation) -> int:
    return max(1, round(invitation.offered.total_limit * invitation.extra_time / 60))


def other_ways() -> list[tuple[str, str]]:
    """What a candidate can do instead, one click each; the page behind the link asks once more."""
    link = OutgoingEmail.LINK_PLACEHOLDER
    return [
        (_("Choose a time that suits you:"), f"{link}plan"),
        (_("Ask for a person or another format:"), f"{link}ask"),
        (_("You would rather not? Decline with one click:"), f"{link}decline"),
    ]


def say_invitation(words: Words, invitation: Invitation, texts: InterviewTexts, own: str) -> Saying:
    count = len(invitation.offered.asked_questions())
    length = ngettext(
        "It is one question and takes up to %(minutes)s minutes.",
        "It has %(n)s questions and takes up to %(minutes)s minutes.",
        count,
    ) % (words | {"n": count})
    if invitation.offered.typing_allowed:
        about = _(
            "You talk to an AI interviewer in your browser; you can type instead of speaking at any time. "
            "People at the company read your answers and make every decision."
        )
    else:
        about = _(
            "You talk to an AI interviewer in your browser, and need a microphone. "
            "People at the company read your answers and make every decision."
        )
    return (
        _("Your interview with %(company)s: %(title)s") % words,
        _("%(company)s invites you to an interview for %(title)s.") % words,
        [own, f"{length} {about}"],
    )


def say_reminder(words: Words, invitation: Invitation, texts: InterviewTexts, own: str) -> Saying:
    return (
        _("Reminder: your interview with %(company)s: %(title)s") % words,
        _("Your interview for %(title)s with %(company)s is still open.") % words,
        [own or _("It takes up to %(minutes)s minutes, in your browser, whenever it suits you.") % words],
    )


def say_almost_expired(words: Words, invitation: Invitation, texts: InterviewTexts, own: str) -> Saying:
    return (
        _("Closing soon: your interview for %(title)s") % words,
        _("Your interview for %(title)s closes on %(deadline)s (%(zone)s).") % words,
        [own, _("After that the link stops working. If you need more time, ask for it before then.")],
    )


def say_planned(words: Words, invitation: Invitation, texts: InterviewTexts, own: str) -> Saying:
    return (
        _("Your interview for %(title)s: %(when)s") % words,
        _("You chose %(when)s (%(zone)s) for your interview for %(title)s with %(company)s.") % words,
        [_("A calendar entry is attached. If something comes up, open the link at another time; it works all along.")],
    )


def say_extended(words: Words, invitation: Invitation, texts: InterviewTexts, own: str) -> Saying:
    return (
        _("A new deadline for your interview: %(title)s") % words,
        _("You now have until %(deadline)s (%(zone)s) for your interview for %(title)s with %(company)s.") % words,
        [],
    )


def say_done(words: Words, invitation: Invitation, texts: InterviewTexts, own: str) -> Saying:
    return (
        _("Thank you for your interview: %(title)s") % words,
        _("Thank you for your interview for %(title)s with %(company)s.") % words,
        [own or _("Your answers have arrived and are saved."), texts.next_steps],
    )


def say_canceled(words: Words, invitation: Invitation, texts: InterviewTexts, own: str) -> Saying:
    return (
        _("Your invitation was withdrawn: %(title)s") % words,
        _("%(company)s has withdrawn the invitation to the interview for %(title)s.") % words,
        [own or _("This has nothing to do with anything you did. The links you were sent no longer work.")],
    )


def say_declined(words: Words, invitation: Invitation, texts: InterviewTexts, own: str) -> Saying:
    return (
        _("You declined the interview: %(title)s") % words,
        _("You have declined the interview for %(title)s. %(company)s has been told.") % words,
        [_("The links you were sent no longer work. Was it a mistake? Then write to the company, or reply to this.")],
    )


def say_deleted(words: Words, invitation: Invitation, texts: InterviewTexts, own: str) -> Saying:
    return (
        _("Your interview data has been deleted: %(title)s") % words,
        _("%(company)s has deleted the data of your interview for %(title)s.") % words,
        [
            _("That includes your answers, what was written down of the conversation, its summary and any recording."),
            _("This is the last e-mail about it."),
        ],
    )


SAYINGS = {
    EmailKind.INVITATION: say_invitation,
    EmailKind.REMINDER: say_reminder,
    EmailKind.ALMOST_EXPIRED: say_almost_expired,
    EmailKind.PLANNED: say_planned,
    EmailKind.EXTENDED: say_extended,
    EmailKind.DONE: say_done,
    EmailKind.CANCELED: say_canceled,
    EmailKind.DECLINED: say_declined,
    EmailKind.DELETED: say_deleted,
}

#: Where the company's own words go, and what they are in its brand.
OWN_TEXTS = {
    EmailKind.INVITATION: "invitation_text",
    EmailKind.REMINDER: "reminder_text",
    EmailKind.ALMOST_EXPIRED: "reminder_text",
    EmailKind.DONE: "thanks_text",
    EmailKind.CANCELED: "withdrawal_text",
}

WITH_LINK = frozenset(SAYINGS) - {EmailKind.DONE, EmailKind.CANCELED, EmailKind.DECLINED, EmailKind.DELETED}


def render_text(letter: Letter) -> str:
    return render_to_string("mail/letter.txt", {"letter": letter}).strip() + "\n"


def render_html(letter: Letter, *, brand: Brand | None, logo: str | None = None) -> str:
    """`logo` is the address of one that is being tried out, instead of the brand's."""
    if logo is None:
        logo = settings.BASE_URL + brand.logo_url if brand and brand.logo_url else ""
    colours = make_palette(brand.primary_colour if brand else DEFAULT_COLOUR, MAIL)
    return render_to_string(
        "mail/letter.html", {"letter": letter, "brand": brand, "logo": logo, "link_colour": colours.ink}
    )
