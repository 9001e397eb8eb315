"""Webhooks: where events are sent, and what became of each."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from interviews.console.base import ConsoleAdmin, ReadOnlyAdmin
from interviews.domain import deliveries, webhooks
from interviews.domain.outbound import AddressRefused, check_address
from interviews.enums import DeliveryStatus, WebhookEventType
from interviews.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tenants.console import TenantInline, ask_first
from tenants.roles import Action

MARKS = {DeliveryStatus.PENDING: "info", DeliveryStatus.DELIVERED: "success", DeliveryStatus.FAILED: "danger"}


class WebhookForm(forms.ModelForm):
    events = forms.MultipleChoiceField(
        label=_("Events"),
        choices=[choice for choice in WebhookEventType.choices if choice[0] != WebhookEventType.TEST],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        required=False,
        help_text=_("None chosen: all of them."),
    )

    class Meta:
        model = WebhookEndpoint
        fields = ("url", "events", "description")

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            check_address(url)
        except AddressRefused as error:
            raise forms.ValidationError(str(error)) from None
        return url


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ConsoleAdmin):
    view_action = edit_action = Action.MANAGE_TENANT
    domain_records = True
    form = WebhookForm
    list_display = ("url", "description", "state", "created_at")
    fields = ("url", "events", "description", "failing_since", ("disabled_at", "disabled_reason"))
    readonly_fields = ("failing_since", "disabled_at", "disabled_reason")
    actions_detail = ("send_test", "rotate", "switch")
    empty_text = _("Tell your own systems what happens: add the address that shall be called.")

    def has_history(self, obj: Any) -> bool:
        return False

    @display(description=_("State"), label={"on": "success", "failing": "warning", "off": "danger"})
    def state(self, endpoint: WebhookEndpoint) -> tuple[str, str]:
        if endpoint.disabled_at:
            return "off", gettext("Switched off: %s") % endpoint.disabled_reason
        return ("failing", gettext("Failing")) if endpoint.failing_since else ("on", gettext("On"))

    def save_model(self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: bool) -> None:
        if change:
            webhooks.change_endpoint(endpoint=obj, url=obj.url, events=obj.events, description=obj.description)
            return
        made, secret = webhooks.add_endpoint(url=obj.url, events=obj.events, description=obj.description)
        obj.__dict__.update(made.__dict__)
        show_secret(request, secret)

    def delete_model(self, request: HttpRequest, obj: WebhookEndpoint) -> None:
        webhooks.delete_endpoint(endpoint=obj)

    @action(description=_("Send a test"), url_path="test", permissions=["manage"])
    def send_test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        endpoint = self.find(request, object_id)
        if request.method != "POST":
            return ask_first(
                request,
                self,
                title=gettext("Send a test to %s?") % endpoint,
                explanation=_("What became of it stands under “Deliveries”."),
                button=_("Send a test"),
                variant="primary",
            )
        webhooks.send_test(endpoint=endpoint)
        messages.success(request, gettext("A test is on its way."))
        return self.response_post_save_change(request, endpoint)

    @action(description=_("New secret"), url_path="rotate", permissions=["manage"])
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        endpoint = self.find(request, object_id)
        if request.method != "POST":
            return ask_first(
                request,
                self,
                title=gettext("Make a new secret for %s?") % endpoint,
                explanation=_("For 24 hours both the old and the new one sign."),
                button=_("Make a new secret"),
                variant="primary",
            )
        try:
            show_secret(request, webhooks.rotate_secret(endpoint=endpoint))
        except webhooks.TooManyRotations as error:
            messages.error(request, str(error))
        return self.response_post_save_change(request, endpoint)

    @action(description=_("Switch on or off"), url_path="switch", permissions=["manage"])
    def switch(self, request: HttpRequest, object_id: str) -> HttpResponse:
        endpoint = self.find(request, object_id)
        is_off = endpoint.disabled_at is not None
        if request.method != "POST":
            return ask_first(
                request,
                self,
                title=(gettext("Switch %s on?") if is_off else gettext("Switch %s off?")) % endpoint,
                explanation=_("What happens while it is off is not sent later."),
                button=_("Switch on") if is_off else _("Switch off"),
                variant="primary" if is_off else "danger",
            )
        webhooks.change_endpoint(endpoint=endpoint, is_enabled=is_off)
        return self.response_post_save_change(request, endpoint)

    def find(self, request: HttpRequest, object_id: str) -> WebhookEndpoint:
        endpoint: WebhookEndpoint | None = self.get_object(request, object_id)
        if endpoint is None:
            self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return endpoint

    def has_manage_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.has_view_permission(request)


def show_secret(request: HttpRequest, secret: str) -> None:
    text = gettext("Copy the secret now; it can't be shown again: {}")
    messages.success(request, format_html(text, format_html("<code>{}</code>", secret)))


class AttemptInline(TenantInline):
    view_action = Action.MANAGE_TENANT
    model = WebhookAttempt
    fields = readonly_fields = ("number", "at", "status", "milliseconds", "response", "error")
    verbose_name_plural = _("Attempts")


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    view_action = Action.MANAGE_TENANT
    list_display = ("event", "endpoint", "mark", "tries", "next_try_at", "created_at")
    list_filter = ("status", "endpoint", "event__type")
    list_select_related = ("event", "endpoint")
    fields = ("event", "endpoint", "status", "tries", "next_try_at", "delivered_at", "body")
    readonly_fields = ("body",)
    inlines = (AttemptInline,)
    actions = ("send_again",)
    empty_text = _("Each event that was sent to a webhook stands here.")

    @display(description=_("Status"), ordering="status", label=MARKS)
    def mark(self, delivery: WebhookDelivery) -> tuple[str, str]:
        return delivery.status, delivery.get_status_display()

    @display(description=_("Body"))
    def body(self, delivery: WebhookDelivery) -> str:
        return format_html("<code>{}</code>", delivery.event.body)

    @admin.action(description=_("Send again"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        count = deliveries.redeliver(queryset)
        messages.success(request, gettext("%d are on their way again.") % count)
