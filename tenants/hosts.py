"""Which hosts are answered: the installation's own, and companies' verified domains for their links alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from channels.db import database_sync_to_async
from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.utils.deprecation import MiddlewareMixin

from tenants.domain.domains import find_verified
from tenants.domain.tokens import find_tenant_by_token
from tenants.enums import TokenKind
from tenants.models import Domain

#: Where a path that begins with it leads: to an interview, or to a result that the company shares.
LINKS = {"/i/": TokenKind.INVITATION, "/r/": TokenKind.RESULT}
#: All that a company's domain answers: these links, with what their pages are made of.
SERVED_PATHS = (*LINKS, "/brands/", settings.STATIC_URL)


def is_own(host: str) -> bool:
    return bool(host) and validate_host(host, settings.ALLOWED_HOSTS)


def find_owner(*, path: str, token: str) -> UUID | None:
    """The company whose link this is; None for a token that opens nothing there."""
    kind = next(kind for beginning, kind in LINKS.items() if path.startswith(beginning))
    tenant = find_tenant_by_token(kind=kind, token=token)
    return tenant.pk if tenant else None


class KnownHostsMiddleware(MiddlewareMixin):
    """Comes before all that answers. Any host but ours is a 400, and on a company's domain everything but its links'
    pages a 404.

    Django compares with ALLOWED_HOSTS, which is fixed when the server starts; for a verified domain the request is
    given an answer of its own.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        raw = request.META.get("HTTP_HOST", request.META.get("SERVER_NAME", ""))
        host, _port = split_domain_port(raw)
        if is_own(host):
            return None
        domain = find_verified(host=host) if host else None
        if domain is None:
            return HttpResponse("This address is not known here.", status=400, content_type="text/plain")
        if not request.path_info.startswith(SERVED_PATHS):
            return HttpResponse("There is nothing here.", status=404, content_type="text/plain")
        request.domain = domain  # type: ignore[attr-defined]
        request.get_host = lambda: raw  # type: ignore[method-assign]
        return None

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: dict[str, Any]
    ) -> None:
        """Another company's link or logo is nothing here. To a link of nobody's its own page answers."""
        domain: Domain | None = getattr(request, "domain", None)
        if domain is None:
            return
        if "token" in kwargs:
            owner = find_owner(path=request.path_info, token=kwargs["token"])
            if owner not in (None, domain.tenant_id):
                raise Http404
        if "slug" in kwargs and kwargs["slug"] != domain.tenant.slug:
            raise Http404


class KnownOrigins:
    """For browsers' WebSockets: a page of ours may open any, one on a company's domain those of its candidates."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        origins = [value.decode("latin-1") for name, value in scope.get("headers", []) if name == b"origin"]
        host = read_host(origins[0]) if len(origins) == 1 else ""
        allowed = is_own(host) or (host and await database_sync_to_async(may_open)(host, scope["path"]))
        return await (self.application if allowed else WebsocketDenier())(scope, receive, send)


def read_host(origin: str) -> str:
    try:
        return (urlsplit(origin).hostname or "").lower()
    except ValueError:
        return ""


def may_open(host: str, path: str) -> bool:
    """Whether a page on this host of a company may open the socket: one of its own candidates."""
    before, _slash, token = path.rpartition("/")
    if before != "/ws/candidate":
        return False
    domain = find_verified(host=host)
    return domain is not None and find_owner(path="/i/", token=token) == domain.tenant_id
