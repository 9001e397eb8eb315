"""ATS connections: installed, tested, given new keys; the log of their calls, and what they were told."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminPasswordWidget

from interviews.console.base import ConsoleAdmin, ReadOnlyAdmin
from interviews.console.webhook import MARKS
from interviews.domain import ats_connections, ats_deliveries
from interviews.enums import AtsSystem
from interviews.models import AtsCall, AtsCallback, AtsConnection
from tenants.console import TenantInline, ask_first
from tenants.roles import Action

#: What is handed to each: (its name there, our route). A base address is the part before the last slash.
HANDED_OVER: dict[str, tuple[tuple[str, str, bool], ...]] = {
    AtsSystem.GREENHOUSE: (
        ("list_tests", "ats:greenhouse-list-tests", False),
        ("send_test", "ats:greenhouse-send-test", False),
        ("test_status", "ats:greenhouse-test-status", False),
        ("response_error", "ats:greenhouse-response-error", False),
    ),
    AtsSystem.ASHBY: (("Base URL", "ats:ashby-list", True),),
    AtsSystem.WORKABLE: (("Base URL", "ats:workable-tests", True),),
    AtsSystem.RECRUITEE: (
        ("urls.tests", "ats:recruitee-tests", False),
        ("urls.send_candidate", "ats:recruitee-send-candidate", False),
    ),
}


def list_addresses(system: str) -> list[tuple[str, str]]:
    """What each address is called in the ATS, and the address."""
    found = []
    for name, route, base in HANDED_OVER.get(system, ()):
        url = settings.BASE_URL + reverse(route)
        found.append((name, url.rpartition("/")[0] if base else url))
    return found


def show_addresses(system: str) -> SafeString:
    return format_html_join(mark_safe("<br>"), '{}: <code class="break-words">{}</code>', list_addresses(system))


class ConnectionForm(forms.ModelForm):
    their_key = forms.CharField(
        label=_("Key that the ATS has issued"),
        required=False,
        max_length=2000,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "Ashby: an API key that may write candidates. Workable: the integration's token. Recruitee: the partner's"
            " secret. Greenhouse: none. It is kept encrypted and not shown again; empty leaves the present one."
        ),
    )

    class Meta:
        model = AtsConnection
        fields = ("system", "name", "account")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        system = cleaned.get("system", self.instance.system)
        if system == AtsSystem.RECRUITEE and not re.fullmatch(r"[A-Za-z0-9_-]+", cleaned.get("account", "")):
            self.add_error("account", gettext("Enter it as Recruitee has it: letters, digits, - and _."))
        return cleaned


@admin.register(AtsConnection)
class AtsConnectionAdmin(ConsoleAdmin):
    view_action = edit_action = Action.MANAGE_TENANT
    domain_records = True
    form = ConnectionForm
    list_display = ("name", "system", "state", "test", "created_at")
    actions_detail = ("run_test", "replace_key", "switch")
    empty_text = _("Connect your ATS: it then orders interviews, and is told what came of them.")

    def has_history(self, obj: Any) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: AtsConnection | None = None) -> tuple[str, ...]:
        entered = ("system", "name", "their_key", "account")
        return (*entered, "addresses", "enabled", "test", "last_call") if obj else entered

    def get_readonly_fields(self, request: HttpRequest, obj: AtsConnection | None = None) -> tuple[str, ...]:
        return ("system", "addresses", "enabled", "test", "last_call") if obj else ()

    @display(description=_("State"), label={"on": "success", "off": "danger"})
    def state(self, connection: AtsConnection) -> tuple[str, str]:
        return ("on", gettext("On")) if connection.enabled else ("off", gettext("Switched off"))

    @display(description=_("Connection test"))
    def test(self, connection: AtsConnection) -> str:
        if connection.tested_at is None:
            return gettext("Not tested, or the test is under way.")
        words = {True: gettext("Passed."), False: gettext("Failed."), None: gettext("Could not be verified.")}
        at = date_format(timezone.localtime(connection.tested_at), "j M Y, H:i")
        return f"{at}: {words[connection.test_passed]} {connection.test_result}"

    @display(description=_("Addresses to hand over"))
    def addresses(self, connection: AtsConnection) -> SafeString:
        return show_addresses(connection.system)

    @display(description=_("Last call"))
    def last_call(self, connection: AtsConnection) -> str:
        last = connection.calls.first()
        if last is None:
            return gettext("None yet.")
        url = reverse("admin:interviews_atscall_changelist") + f"?connection__id__exact={connection.pk}"
        at = date_format(timezone.localtime(last.at), "j M Y, H:i")
        return format_html(
            '{}, {} <a class="vv-link underline" href="{}">{}</a>',
            at,
            last,
            url,
            gettext("All calls"),
        )

    # --- Writing --------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: AtsConnection, form: Any, change: bool) -> None:
        credential = form.cleaned_data.get("their_key", "")
        if change:
            ats_connections.change_connection(connection=obj, name=obj.name, account=obj.account, credential=credential)
            return
        made, key = ats_connections.install_connection(
            system=obj.system, name=obj.name, account=obj.account, credential=credential
        )
        obj.__dict__.update(made.__dict__)
        show_key(request, made, key)

    def delete_model(self, request: HttpRequest, obj: AtsConnection) -> None:
        ats_connections.remove_connection(connection=obj)

    @action(description=_("Test the connection"), url_path="test", permissions=["manage"])
    def run_test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        connection = self.find(request, object_id)
        if request.method != "POST":
            return ask_first(
                request,
                self,
                title=gettext("Test the connection “{}”?").format(connection),
                explanation=_("What can be called there is called. The result says what could not be verified."),
                button=_("Test it"),
                variant="primary",
            )
        ats_connections.request_test(connection=connection)
        messages.success(request, gettext("The test is under way. Open the connection again in a moment."))
        return self.response_post_save_change(request, connection)

    @action(description=_("New key"), url_path="key", permissions=["manage"])
    def replace_key(self, request: HttpRequest, object_id: str) -> HttpResponse:
        connection = self.find(request, object_id)
        if request.method != "POST":
            return ask_first(
                request,
                self,
                title=gettext("Make a new key for “{}”?").format(connection),
                explanation=_("The present one opens nothing from then on: hand the new one over at once."),
                button=_("Make a new key"),
            )
        show_key(request, connection, ats_connections.replace_key(connection=connection))
        return self.response_post_save_change(request, connection)

    @action(description=_("Switch on or off"), url_path="switch", permissions=["manage"])
    def switch(self, request: HttpRequest, object_id: str) -> HttpResponse:
        connection = self.find(request, object_id)
        is_on = connection.enabled
        if request.method != "POST":
            title = gettext("Switch “{}” off?") if is_on else gettext("Switch “{}” on?")
            return ask_first(
                request,
                self,
                title=title.format(connection),
                explanation=_("While it is off the ATS can order nothing, and is not told what happens."),
                button=_("Switch off") if is_on else _("Switch on"),
                variant="danger" if is_on else "primary",
            )
        ats_connections.switch_connection(connection=connection, enabled=not is_on)
        return self.response_post_save_change(request, connection)

    def find(self, request: HttpRequest, object_id: str) -> AtsConnection:
        connection: AtsConnection | None = self.get_object(request, object_id)
        if connection is None:
            self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return connection

    def has_manage_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.has_view_permission(request)


def show_key(request: HttpRequest, connection: AtsConnection, key: str) -> None:
    text = gettext("Hand this key to {} now; it can't be shown again: {}<br>{}")
    name, shown = connection.get_system_display(), format_html('<code class="break-words">{}</code>', key)
    messages.success(request, format_html(text, name, shown, show_addresses(connection.system)))


class CallInline(TenantInline):
    view_action = Action.MANAGE_TENANT
    model = AtsCall
    fields = readonly_fields = ("at", "name", "status", "milliseconds", "note")
    verbose_name_plural = _("Tries")


@admin.register(AtsCallback)
class AtsCallbackAdmin(ReadOnlyAdmin):
    view_action = Action.MANAGE_TENANT
    list_display = ("event", "connection", "invitation", "mark", "tries", "next_try_at", "created_at")
    list_filter = ("status", "connection", "event")
    list_select_related = ("connection", "order__invitation__candidate", "order__invitation__interview")
    fields = ("event", "connection", "invitation", "status", "tries", "last_error", "next_try_at", "delivered_at")
    readonly_fields = ("invitation",)
    inlines = (CallInline,)
    actions = ("send_again",)
    empty_text = _("What an ATS was told, or could not be told, stands here.")

    @display(description=_("Invitation"))
    def invitation(self, callback: AtsCallback) -> SafeString:
        invitation = callback.order.invitation
        url = reverse("admin:interviews_invitation_change", args=[invitation.pk])
        return format_html('<a href="{}">{}</a>', url, invitation)

    @display(description=_("Status"), ordering="status", label=MARKS)
    def mark(self, callback: AtsCallback) -> tuple[str, str]:
        return callback.status, callback.get_status_display()

    @admin.action(description=_("Send again"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[AtsCallback]) -> None:
        count = ats_deliveries.send_again(queryset)
        messages.success(request, gettext("%d are on their way again.") % count)


@admin.register(AtsCall)
class AtsCallAdmin(ReadOnlyAdmin):
    view_action = Action.MANAGE_TENANT
    list_display = ("at", "connection", "direction", "name", "status", "milliseconds", "note")
    list_filter = ("connection", "direction", "name", "status")
    list_select_related = ("connection",)
    fields = ("at", "connection", "direction", "name", "status", "milliseconds", "note")
    readonly_fields = ("at",)
    empty_text = _("Each call between an ATS and us stands here.")
