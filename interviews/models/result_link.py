"""A public link to one result, for those who have no account."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from interviews.models.result import Result
from tenants.models import TenantModel


class ResultLink(TenantModel):
    """Only the token's SHA-256 is kept. It opens the summary and the open scores, and what `with_transcript` adds."""

    result = models.ForeignKey(Result, on_delete=models.CASCADE, related_name="links", verbose_name=_("result"))
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    with_transcript = models.BooleanField(_("with transcript"), default=False)
    created_by = models.CharField(_("by"), max_length=160, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("public link to a result")
        verbose_name_plural = _("public links to results")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.digest[:8]}…"
