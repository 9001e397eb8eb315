from tenants.models.access import ApiKey, MemberInvitation, MemberInvitationTry, Membership, TokenIndex
from tenants.models.audit import AuditEntry, PlatformEntry
from tenants.models.domain import Domain
from tenants.models.mail import PasswordMail, PasswordMailTry
from tenants.models.tenant import Brand, Tenant
from tenants.models.user import User
from tenants.models.wall import TenantKey, TenantManager, TenantModel, TenantQuerySet

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Brand",
    "Domain",
    "MemberInvitation",
    "MemberInvitationTry",
    "Membership",
    "PasswordMail",
    "PasswordMailTry",
    "PlatformEntry",
    "Tenant",
    "TenantKey",
    "TenantManager",
    "TenantModel",
    "TenantQuerySet",
    "TokenIndex",
    "User",
]
