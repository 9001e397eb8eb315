"""The form that invites somebody."""

from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from botrunner.contract import EXTRA_TIME_MOST
from interviews.domain.batches import NOTE_LONGEST, read_extra_time
from interviews.domain.invitations import DEFAULT_WINDOW, BadDeadline, check_deadline, create_invitation
from interviews.domain.limits import LimitReached, check_invitations
from interviews.domain.plans import PlanError, check_invitable
from interviews.domain.standing import await_turn, standing_invitations
from interviews.enums import InterviewStatus
from interviews.models import Interview, Invitation
from tenants.models.tenant import list_languages

OTHER = "other"
EXTRA_TIME = [
    ("1.0", _("As planned")),
    ("1.25", _("25 % more")),
    ("1.5", _("50 % more")),
    ("2.0", _("Twice the time")),
    (OTHER, _("Another amount")),
]


def list_zones() -> list[tuple[str, str]]:
    """The names that people know: Europe/Berlin rather than CET."""
    return [
        (name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name and name[:4] != "Etc/"
    ]


def default_expiry() -> Any:
    return (timezone.now() + DEFAULT_WINDOW).replace(second=0, microsecond=0)


def validate_deadline(moment: datetime) -> None:
    """The domain's check, as a form's."""
    try:
        check_deadline(moment)
    except BadDeadline as error:
        raise forms.ValidationError(str(error), error.code) from error


class InvitingForm(forms.ModelForm):
    """To which interview, until when, and how much time for it: the same for one person and for a list of them."""

    extra_time = forms.ChoiceField(
        label=_("Time limits"),
        choices=EXTRA_TIME,
        initial="1.0",
        widget=UnfoldAdminSelectWidget,
        help_text=_("More time for who needs it: for each answer, and in all."),
    )
    other_time = forms.CharField(
        label=_("How much more time"),
        required=False,
        max_length=20,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "75 %"}),
        help_text=_("On top of what is planned, such as 75 %%, or as a factor, 1.75; up to %s times the time.")
        % EXTRA_TIME_MOST,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        interview: Any = self.fields["interview"]
        interview.queryset = Interview.objects.filter(status=InterviewStatus.PUBLISHED).order_by("title")
        interview.empty_label = _("Choose an interview")

    def clean_interview(self) -> Interview:
        interview: Interview = self.cleaned_data["interview"]
        try:
            check_invitable(interview=interview)
        except PlanError as error:
            raise forms.ValidationError(str(error)) from error
        return interview

    def clean_expires_at(self) -> datetime:
        expires_at: datetime = self.cleaned_data["expires_at"]
        validate_deadline(expires_at)
        return expires_at

    def clean(self) -> dict[str, Any]:
        """`extra_time` is a factor from here on."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = cleaned.pop("extra_time", "")
        amount = cleaned.get("other_time", "")
        if chosen == OTHER and not amount:
            self.add_error("other_time", _("Say how much."))
        elif chosen == OTHER:
            try:
                cleaned["extra_time"] = read_extra_time(amount)
            except ValueError as error:
                self.add_error("other_time", str(error))
        elif chosen:
            cleaned["extra_time"] = float(chosen)
        return cleaned


class InvitationForm(InvitingForm):
    candidate_name = forms.CharField(
        label=_("Candidate's name"),
        max_length=160,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("As the e-mails greet them."),
    )
    candidate_email = forms.EmailField(
        label=_("Candidate's e-mail"),
        max_length=254,
        widget=UnfoldAdminEmailInputWidget,
        help_text=_("Who has an invitation already is known by it."),
    )
    locale = forms.ChoiceField(
        label=_("Language of the e-mail"),
        choices=lambda: [("", _("As known of the candidate, else the interview's own")), *list_languages()],
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Where the interview is offered in it. The candidate can choose another one."),
    )
    time_zone = forms.ChoiceField(
        label=_("Candidate's time zone"),
        choices=lambda: [("", _("As known of the candidate, else the company's")), *list_zones()],
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("E-mails name the deadline in it, and reminders come in its office hours."),
    )
    expires_at = forms.SplitDateTimeField(
        label=_("Link works until"),
        initial=default_expiry,
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text=_("In the company's time zone. An interview that has begun by then goes on."),
    )
    personal_note = forms.CharField(
        label=_("Personal note"),
        required=False,
        max_length=NOTE_LONGEST,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Stands in the e-mail, as you write it."),
    )
    notify = forms.BooleanField(
        label=_("Send the e-mail now"),
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("Otherwise copy a link from the invitation's page and send it yourself."),
    )

    again = forms.BooleanField(
        label=_("Invite again"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("Somebody who is invited to this interview already gets a second invitation only with this."),
    )

    class Meta:
        model = Invitation
        fields = ("interview", "expires_at", "extra_time", "personal_note")
        widgets = {"interview": UnfoldAdminSelectWidget}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["interview"].help_text = _("Interviews appear here once they are published.")

    def clean(self) -> dict[str, Any]:
        """The locks are held until the request's transaction ends, so `invite` meets what was checked here."""
        cleaned = super().clean()
        if not self.errors:
            self.refuse_second()
        if not self.errors:
            try:
                check_invitations()
            except LimitReached as error:
                raise forms.ValidationError(str(error)) from error
        return cleaned

    def refuse_second(self) -> None:
        """An error that leads to the standing invitation, unless a second one is wanted."""
        address, interview = self.cleaned_data["candidate_email"].strip().lower(), self.cleaned_data["interview"]
        await_turn(interview.pk, {address})
        standing = standing_invitations(interview.pk, {address}).order_by("-created_at").first()
        if standing is None or self.cleaned_data["again"]:
            return
        said = format_html(
            '{} <a class="underline" href="{}">{}</a>',
            gettext("Invited to this interview already (%s).") % standing.get_status_display().lower(),
            reverse("admin:interviews_invitation_change", args=[standing.pk]),
            gettext("Open that invitation"),
        )
        self.add_error("candidate_email", said)

    def invite(self) -> Invitation:
        entered = self.cleaned_data
        return create_invitation(
            interview=entered["interview"],
            candidate_name=entered["candidate_name"],
            candidate_email=entered["candidate_email"],
            locale=entered["locale"],
            expires_at=entered["expires_at"],
            time_zone=entered["time_zone"],
            extra_time=entered["extra_time"],
            personal_note=entered["personal_note"],
            notify=entered["notify"],
        )

    def save_m2m(self) -> None:
        """The admin calls it; there is nothing of the kind."""
