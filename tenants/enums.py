"""The closed sets of words that tenants' rows use."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a member may do in a tenant; `tenants/roles.py` spells it out."""

    OWNER = "owner", _("Owner")
    RECRUITER = "recruiter", _("Recruiter")
    REVIEWER = "reviewer", _("Reviewer")
    VIEWER = "viewer", _("Viewer")


class TokenKind(TextChoices):
    """What a token opens."""

    INVITATION = "invitation", _("Invitation")
    API_KEY = "api_key", _("API key")
    RELAY = "relay", _("Relay")
