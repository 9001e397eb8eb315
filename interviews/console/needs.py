"""What needs somebody's attention: numbers on the console's first page, each with the list that is behind it."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from interviews.console.attention import condition_of
from interviews.console.judging_filter import STATES as JUDGING
from interviews.domain.usage import minutes_this_month
from interviews.enums import DeliveryStatus
from interviews.models import AtsCallback, Invitation, Result, WebhookEndpoint
from tenants.models import Tenant
from tenants.roles import Action, may

#: From this share of its monthly minutes on a company is told.
NEARLY = 0.8


@dataclass(frozen=True)
class Need:
    """`figure` is 0 or empty when there is nothing to do, which then reads `calm`."""

    label: Any
    figure: int | str
    url: str
    calm: Any


def list_needs(*, role: str, tenant: Tenant, live_count: int | None) -> list[Need]:
    """For what `role` may see, in the order of a day's work."""
    invitations = reverse("admin:interviews_invitation_changelist")
    results = reverse("admin:interviews_result_changelist")
    needs = []
    if live_count is not None:
        needs.append(Need(_("Live now"), live_count, reverse("live:list"), _("Nobody is talking right now.")))
    if may(role, Action.READ_RESULTS):
        waiting = Result.objects.real().filter(JUDGING["waiting"][1]()).count()
        unscored = Result.objects.real().filter(JUDGING["unscored"][1]()).count()
        needs += [
            Need(_("Waiting for review"), waiting, f"{results}?judging=waiting", _("Every result has been looked at.")),
            Need(_("Scoring failed"), unscored, f"{results}?judging=unscored", _("All answers could be scored.")),
        ]
    real = Invitation.objects.real()
    kinds = ("person", "format", "expiring", "bounced")
    person, other_format, expiring, bounced = (real.filter(condition_of(kind)).count() for kind in kinds)
    needs += [
        Need(_("Ask for a person"), person, f"{invitations}?note=person", _("Nobody is waiting for a person.")),
        Need(_("Ask for another format"), other_format, f"{invitations}?note=format", _("Nobody is waiting for one.")),
        Need(_("Expiring in 48 hours"), expiring, f"{invitations}?note=expiring", _("No open invitation runs out.")),
        Need(_("E-mails that came back"), bounced, f"{invitations}?note=bounced", _("Every e-mail found its way.")),
    ]
    if may(role, Action.MANAGE_TENANT):
        off = WebhookEndpoint.objects.filter(disabled_at__isnull=False).count()
        endpoints = reverse("admin:interviews_webhookendpoint_changelist")
        needs.append(Need(_("Webhooks switched off"), off, endpoints, _("None.")))
        untold = AtsCallback.objects.filter(status=DeliveryStatus.FAILED).count()
        callbacks = reverse("admin:interviews_atscallback_changelist")
        needs.append(Need(_("ATS not told"), untold, f"{callbacks}?status__exact=failed", _("Every ATS was told.")))
        needs += need_of_minutes(tenant)
    return needs


def need_of_minutes(tenant: Tenant) -> list[Need]:
    """Only where there is a limit: "1,250 of 1,500" from `NEARLY` on."""
    limit = tenant.max_monthly_minutes
    if limit is None:
        return []
    used = minutes_this_month(tenant=tenant)
    figure = f"{used:.0f} of {limit}" if used >= NEARLY * limit else ""
    return [Need(_("Minutes of this month"), figure, reverse("usage:own"), _("Enough are left."))]
