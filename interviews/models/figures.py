"""What a session used and how quickly its bot replied. Kept when its events are not, nor itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from interviews.models.invitation import Invitation
from interviews.models.session import Session
from tenants.models import TenantModel


class SessionFigures(TenantModel):
    """One row a session. `ttfb` is {"stt" | "llm" | "tts": [seconds, ...]}, `replies` the seconds each reply took.

    The measurements are kept rather than their averages, so that those of several sessions can be put together.

    Usage is counted from these rows: they outlive their session when its candidate's data is erased.
    """

    session = models.OneToOneField(
        Session, on_delete=models.SET_NULL, null=True, blank=True, related_name="figures", verbose_name=_("session")
    )
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="+", verbose_name=_("invitation"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True, help_text=_("The session's."))
    seconds = models.FloatField(_("length in seconds"), default=0)
    heard_seconds = models.FloatField(_("seconds of audio transcribed"), default=0)
    prompt_tokens = models.PositiveIntegerField(_("tokens read by the model"), default=0)
    completion_tokens = models.PositiveIntegerField(_("tokens written by the model"), default=0)
    spoken_characters = models.PositiveIntegerField(_("characters synthesised"), default=0)
    replies = models.JSONField(_("seconds to each reply"), default=list, blank=True)
    ttfb = models.JSONField(_("seconds to the first byte"), default=dict, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("session's figures")
        verbose_name_plural = _("sessions' figures")
        indexes = [models.Index(fields=["tenant", "started_at"], name="usage_by_time")]

    def __str__(self) -> str:
        return str(self.session or self.invitation)
