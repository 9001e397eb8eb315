"""A person's own view of a list: its filters under a name."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models import TenantModel, User


class SavedView(TenantModel):
    """Of the list of results. `query` is the list's query string."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("query"), max_length=1000, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "user", "name"], name="view_name_once_a_user")]

    def __str__(self) -> str:
        return self.name
