"""The form that takes a list of people to invite."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
)

from interviews.console.invitation_form import InvitingForm, default_expiry, list_zones
from interviews.domain import batches, tables
from interviews.models import InvitationBatch
from tenants.models import User
from tenants.models.tenant import list_languages


class BatchForm(InvitingForm):
    people = forms.CharField(
        label=_("Paste a list"),
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget(
            attrs={"rows": 8, "placeholder": "Kim Doe <kim@example.org>\nsam@example.org"}
        ),
        help_text=_("One person a line: an address, a name and an address, or rows copied from a spreadsheet."),
    )
    file = forms.FileField(
        label=_("Or choose a CSV file"),
        required=False,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        help_text=_("With an e-mail column; name, language, time zone, extra time, expiry and note if you have them."),
    )
    expires_at = forms.SplitDateTimeField(
        label=_("Links work until"), initial=default_expiry, widget=UnfoldAdminSplitDateTimeWidget
    )
    locale = forms.ChoiceField(
        label=_("Language of the e-mail"),
        choices=lambda: [("", _("As known of each, else the interview's own")), *list_languages()],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [("", _("As known of each, else the company's")), *list_zones()],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    personal_note = forms.CharField(
        label=_("Personal note"),
        required=False,
        max_length=batches.NOTE_LONGEST,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Stands in the invitation, as you write it."),
    )

    class Meta:
        model = InvitationBatch
        fields = ("interview", "expires_at", "extra_time", "locale", "time_zone", "personal_note")
        widgets = {"interview": UnfoldAdminSelectWidget}

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if zone and zone not in available_timezones():
            raise forms.ValidationError(_("Choose a time zone from the list."))
        return zone

    def clean(self) -> dict[str, Any]:
        entered = super().clean()
        upload = entered.get("file")
        if upload is not None and upload.size > tables.MAX_BYTES:
            raise forms.ValidationError({"file": _("This file is larger than 4 MB. Split it.")})
        field = "file" if upload else "people"
        try:
            entered["text"] = tables.decode(upload.read()) if upload else entered.get("people", "")
            tables.read_table(entered["text"])
        except tables.TableError as error:
            raise forms.ValidationError({field: str(error)}) from error
        entered["source"] = upload.name if upload else "Pasted list"
        return entered

    def create(self, *, created_by: User | None) -> InvitationBatch:
        names = ("interview", "text", "source", "expires_at", "extra_time", "locale", "time_zone", "personal_note")
        return batches.create_batch(
            **{name: self.cleaned_data[name] for name in names},
            created_by=created_by,
        )

    def save_m2m(self) -> None:
        """The admin calls it; there is nothing of the kind."""
