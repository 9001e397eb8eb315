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
    MEMBER = "member", _("Member's invitation")
    MESSAGE = "message", _("E-mail's message id")
    ATS = "ats", _("Key of an ATS")
    RESULT = "result", _("Public link to a result")


class Scope(TextChoices):
    """What an API key may be used for."""

    INTERVIEWS_READ = "interviews:read", _("Read interviews")
    BANKS_READ = "question-banks:read", _("Read question banks")
    BANKS_WRITE = "question-banks:write", _("Write question banks")
    CANDIDATES_READ = "candidates:read", _("Read candidates")
    CANDIDATES_WRITE = "candidates:write", _("Write candidates")
    CANDIDATES_ERASE = "candidates:erase", _("Export and erase a candidate's data")
    INVITATIONS_READ = "invitations:read", _("Read invitations")
    INVITATIONS_WRITE = "invitations:write", _("Invite, cancel, resend and extend")
    RESULTS_READ = "results:read", _("Read results, transcripts and recordings")
    RESULTS_SHARE = "results:share", _("Share results by public links, and take them back")
    SESSIONS_READ = "sessions:read", _("Read sessions and follow them live")
    WEBHOOKS_READ = "webhooks:read", _("Read webhooks and their deliveries")
    WEBHOOKS_WRITE = "webhooks:write", _("Set up and replay webhooks")
    USAGE_READ = "usage:read", _("Read usage")
