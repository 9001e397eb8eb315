"""The calendar entry of an interview: RFC 5545, sent by RFC 5546's methods: a later one replaces the earlier."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, vCalAddress

from interviews.domain.letters import company_of, minutes_of
from interviews.enums import EmailKind
from interviews.models import Invitation, OutgoingEmail
from tenants.models import Brand

METHODS = {
    EmailKind.INVITATION: "REQUEST",
    EmailKind.PLANNED: "REQUEST",
    EmailKind.EXTENDED: "REQUEST",
    EmailKind.CANCELED: "CANCEL",
    EmailKind.DECLINED: "CANCEL",
    EmailKind.DONE: "CANCEL",
    EmailKind.DELETED: "CANCEL",
}


def write_calendar(*, kind: EmailKind, invitation: Invitation, brand: Brand | None, title: str, organizer: str) -> str:
    """The entry in the active language, its address the link's placeholder; empty for mails that carry none.

    It lies at the time that the candidate chose, else it ends with the deadline. `organizer` is a mail address. What
    takes an entry back has a higher sequence than any before, and goes to those alone who were sent one.
    """
    method = METHODS.get(kind)
    if method is None or (method == "CANCEL" and invitation.invited_at is None):
        return ""
    words = {"title": title, "company": company_of(invitation=invitation, brand=brand)}
    length = timedelta(minutes=minutes_of(invitation))
    start = invitation.planned_at or invitation.expires_at - length
    event = Event()
    event.add("uid", f"{invitation.pk}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("sequence", invitation.calendar_sequence + (method == "CANCEL"))
    event.add("dtstamp", timezone.now())
    event.add("dtstart", start)
    event.add("dtend", start + length)
    planned = _("Interview for %(title)s with %(company)s") % words
    event.add("summary", planned if invitation.planned_at else _("Last chance: interview for %(title)s") % words)
    event.add("transp", "OPAQUE" if invitation.planned_at else "TRANSPARENT")
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("organizer", address(organizer, words["company"]))
    attendee = address(invitation.candidate.email, invitation.candidate.name)
    attendee.params["RSVP"] = "FALSE"
    event.add("attendee", attendee)
    if method == "REQUEST":
        event.add("url", OutgoingEmail.LINK_PLACEHOLDER)
        event.add("description", f"{planned}\n{OutgoingEmail.LINK_PLACEHOLDER}")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", planned)
        alarm.add("trigger", -timedelta(minutes=15) if invitation.planned_at else -timedelta(days=1))
        event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Vivavoce//Interviews//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return calendar.to_ical().decode()


def address(email: str, name: str) -> vCalAddress:
    """A parameter's value can't hold a double quote (RFC 5545, 3.2)."""
    value = vCalAddress(f"mailto:{email}")
    value.params["CN"] = " ".join(name.replace('"', "'").split())
    return value


def fill_link(calendar: str, *, link: str) -> tuple[str, str]:
    """The entry with the candidate's link in it, folded anew, and its method."""
    parsed = Calendar.from_ical(calendar)
    for event in parsed.walk("VEVENT"):
        for name in ("url", "description"):
            if text := event.get(name):
                del event[name]
                event.add(name, str(text).replace(OutgoingEmail.LINK_PLACEHOLDER, link))
    return parsed.to_ical().decode(), str(parsed["METHOD"])
