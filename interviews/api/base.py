"""What every view of the API has in common: a key, its tenant's scope, its limits, problems in one form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from interviews.api.authentication import ApiKeyAuthentication, HasScope, key_of
from interviews.api.idempotency import replay_or_run
from interviews.api.limits import KeyThrottle
from interviews.api.parsing import BoundedJSONParser
from interviews.api.problems import answer_problem
from tenants.domain.audit import acting, record
from tenants.models import ApiKey
from tenants.scope import tenant_id_in_scope, tenant_scope

REQUEST_ID = re.compile(r"[\x21-\x7e]{1,100}")


def name_request(asked: str) -> str:
    """The request's id: the one that was asked for in X-Request-Id, if it is one."""
    return asked if REQUEST_ID.fullmatch(asked) else f"req_{uuid4().hex}"


class JSONWhateverIsAsked(BaseContentNegotiation):
    """There is JSON only; a client's default `Accept` must not stand in its way."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        from rest_framework.negotiation import DefaultContentNegotiation

        return DefaultContentNegotiation().select_parser(request, parsers)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """A handler runs inside the tenant's scope, in one transaction, which any error takes back.

    `scopes` says which scope of the key each method needs. Of a POST an Idempotency-Key is honoured.
    """

    scopes: ClassVar[Mapping[str, str]] = {}

    http_method_names = ["get", "post", "patch", "delete", "head"]
    authentication_classes = [ApiKeyAuthentication]
    permission_classes = [HasScope]
    throttle_classes = [KeyThrottle]
    parser_classes = [BoundedJSONParser]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = JSONWhateverIsAsked

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            with ExitStack() as self._scope:
                return super().dispatch(request, *args, **kwargs)
        except Exception as error:  # what the end of the transaction found
            return self.finalize_response(self.request, self.handle_exception(error), *args, **kwargs)

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        found = super().initialize_request(request, *args, **kwargs)
        found.request_id = name_request(request.headers.get("X-Request-Id", ""))  # type: ignore[attr-defined]
        return found

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        key = key_of(request)
        self._scope.enter_context(tenant_scope(key.tenant_id))
        self._scope.enter_context(acting(actor=key, ip=request.META.get("REMOTE_ADDR")))
        self.refuse_unknown_query(request)
        if request.method == "POST" and hasattr(self, "post"):
            self.post: Callable[..., Response] = replay_or_run(self.post)

    def refuse_unknown_query(self, request: Request) -> None:
        """Where a query is declared, its serializer does it."""
        handler = getattr(self, (request.method or "").lower(), None)
        if handler is not None and getattr(handler, "query", None) is None and request.query_params:
            detail = serializers.ErrorDetail("Nothing is asked in the address here.", "unknown_field")
            raise serializers.ValidationError({name: [detail] for name in request.query_params})

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        done = request.method not in SAFE_METHODS and response.status_code < 400
        if done and "Idempotent-Replayed" not in response.headers and tenant_id_in_scope() is not None:
            act = {"path": request.path, "request": request.request_id}  # type: ignore[attr-defined]
            record(verb=f"called the API: {request.method} {self.get_view_name()}"[:60], details=act)
        response.headers["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        response.headers["Cache-Control"] = "no-store"
        for name, value in getattr(request, "rate_headers", {}).items():
            response.headers[name] = value
        return response

    def get_exception_handler(self) -> Any:
        return answer_problem

    @property
    def key(self) -> ApiKey:
        return key_of(self.request)


class NothingHere(ApiView):
    """Any other address below the API's."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound(f"There is nothing at this address. {reverse('api:docs')} lists those that there are.")


def find(rows: Any, pk: UUID) -> Any:
    """The row of the tenant in scope, or a 404, which is what another tenant's is too."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
