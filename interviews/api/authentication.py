"""Who asks: an API key in `Authorization: Bearer vv_live_...`, which also says whose data it is about."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from interviews.api.problems import Problem
from tenants.domain.keys import AddressNotAllowed, find_api_key
from tenants.domain.tokens import find_tenant_by_token
from tenants.enums import TokenKind
from tenants.models import ApiKey
from tenants.scope import tenant_scope

UNKNOWN = "This API key is not known, or not valid any more. Issue one in the admin under “API keys”."


def key_of(request: Request) -> ApiKey:
    """The key of a request that has been authenticated."""
    return cast(ApiKey, request.auth)


def authenticate_key(request: HttpRequest | Request) -> ApiKey | None:
    """The key of the request; None without one. Raises AuthenticationFailed, or PermissionDenied for its address."""
    scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    token = text.strip()
    if scheme.lower() != "bearer" or not token:
        return None
    tenant = find_tenant_by_token(kind=TokenKind.API_KEY, token=token)
    if tenant is None:
        raise AuthenticationFailed(UNKNOWN)
    with tenant_scope(tenant):
        try:
            key = find_api_key(text=token, ip=request.META.get("REMOTE_ADDR"))
        except AddressNotAllowed:
            raise PermissionDenied("This key must not be used from this address.", "address_not_allowed") from None
    if key is None:
        raise AuthenticationFailed(UNKNOWN)
    return key


class ApiKeyAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiKey] | None:
        key = authenticate_key(request)
        return (AnonymousUser(), key) if key else None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Vivavoce"'


class HasScope(BasePermission):
    """The key must have the scope that the view names for the method."""

    def has_permission(self, request: Request, view: object) -> bool:
        if not isinstance(request.auth, ApiKey):
            return False
        method = "GET" if request.method == "HEAD" else request.method or ""
        check_scope(request.auth, view.scopes.get(method))  # type: ignore[attr-defined]
        return True


def check_scope(key: ApiKey, scope: str | None) -> None:
    if scope is not None and scope not in key.scopes:
        raise Problem(403, "missing_scope", f"This key lacks the scope “{scope}”. Issue one that has it.")
