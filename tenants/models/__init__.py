from tenants.models.access import ApiKey, MemberInvitation, Membership, TokenIndex
from tenants.models.audit import AuditEntry, PlatformEntry
from tenants.models.domain import Domain
from tenants.models.mail import PasswordMail
from tenants.models.tenant import Brand, Tenant
from tenants.models.user import User
from tenants.models.wall import TenantKey, TenantManager, TenantModel, TenantQuerySet

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Brand",
    "Domain",
    "MemberInvitation",
    "Membership",
    "PasswordMail",
    "PlatformEntry",
    "Tenant",
    "TenantKey",
    "TenantManager",
    "TenantModel",
    "TenantQuerySet",
    "TokenIndex",
    "User",
]
