from tenants.models.access import ApiKey, Membership, TokenIndex
from tenants.models.audit import AuditEntry
from tenants.models.tenant import Brand, Domain, Tenant
from tenants.models.user import User
from tenants.models.wall import TenantKey, TenantManager, TenantModel, TenantQuerySet

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Brand",
    "Domain",
    "Membership",
    "Tenant",
    "TenantKey",
    "TenantManager",
    "TenantModel",
    "TenantQuerySet",
    "TokenIndex",
    "User",
]
