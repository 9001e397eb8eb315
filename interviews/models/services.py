"""Which voice, ear and mind a company's bots have, and where an interview differs."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from botrunner.contract import SERVICES
from tenants.models import TenantModel

HELP = _("Used for the languages it knows; for others, what this installation uses.")


def service_choices(kind: str) -> list[tuple[str, str]]:
    return [(name, offer.label) for name, offer in SERVICES[kind].items()]


def make_field(kind: str, label: Any, **options: Any) -> "models.CharField[str, str]":
    """Its choices are asked for when they are needed, so that a new service needs no migration."""
    return models.CharField(label, max_length=40, blank=True, choices=partial(service_choices, kind), **options)


class ServiceChoices(models.Model):
    """A name from `botrunner.contract.SERVICES` for each kind; empty leaves the choice to whoever is asked next."""

    tts = make_field("tts", _("voice"), help_text=HELP)
    stt = make_field("stt", _("speech recognition"), help_text=HELP)
    llm = make_field("llm", _("language model"))

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if problems := dict(self._find_unconfigured()):
            raise ValidationError(problems)

    def _find_unconfigured(self) -> Iterator[tuple[str, str]]:
        """What this installation's bots could not make, as far as that can be known from here."""
        if settings.BOT_PROVIDER_VARIABLES is None:
            return
        environ = dict.fromkeys(settings.BOT_PROVIDER_VARIABLES, "set")
        for kind, offers in SERVICES.items():
            offer = offers.get(getattr(self, kind))
            if offer is not None and not offer.is_ready(environ):
                needed = str(_(" or ")).join(" + ".join(variables) for variables in offer.needs)
                sentence = _("%(service)s is not configured on this installation: it needs %(variables)s.")
                yield kind, sentence % {"service": offer.label, "variables": needed}


class CompanyServices(ServiceChoices, TenantModel):
    """What a company's bots use where an interview does not say otherwise. At most one row a tenant."""

    class Meta(TenantModel.Meta):
        verbose_name = _("voice and services")
        verbose_name_plural = _("voice and services")
        constraints = [models.UniqueConstraint(fields=["tenant"], name="one_choice_of_services_per_tenant")]

    def __str__(self) -> str:
        return str(_("Voice and services"))
