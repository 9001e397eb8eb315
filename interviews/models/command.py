"""What the hiring team asks of an interviewer while it talks."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from interviews.enums import CommandName, CommandStatus
from interviews.models.session import Session
from tenants.models import TenantModel


class SessionCommand(TenantModel):
    """One relay command, by its id. `args` and `problem` are the contract's; `given_by` names a person by value.

    Pending until the bot has said what became of it, however often it has to be told.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="commands", verbose_name=_("session"))
    name = models.CharField(_("command"), max_length=6, choices=CommandName)
    args = models.JSONField(_("with"), default=dict, blank=True)
    status = models.CharField(_("status"), max_length=7, choices=CommandStatus, default=CommandStatus.PENDING)
    problem = models.CharField(_("problem"), max_length=13, blank=True)
    given_by = models.CharField(_("given by"), max_length=254)
    given_at = models.DateTimeField(_("given"), auto_now_add=True)
    handled_at = models.DateTimeField(_("handled"), null=True, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("command")
        verbose_name_plural = _("commands")
        ordering = ["session", "given_at"]

    def __str__(self) -> str:
        return f"{self.name}: {self.session}"
