"""The page of a member's invitation: set a password, or join with the account one has. GET changes nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminTextInputWidget

from tenants.domain.audit import acting
from tenants.domain.member_invitations import (
    InvitationClosed,
    join_as_user,
    join_with_password,
    open_member_invitation,
    why_closed,
)
from tenants.domain.tokens import find_tenant_by_token
from tenants.enums import TokenKind
from tenants.log_in import log_in
from tenants.middleware import SESSION_KEY
from tenants.models import MemberInvitation, User
from tenants.passwords import SetForm
from tenants.scope import tenant_scope


class JoinForm(SetForm):
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=150,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "name"}),
    )
    field_order = ("name", "new_password1", "new_password2")


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """404 for a link that was never sent, 410 for one that opens nothing any more."""
    tenant = find_tenant_by_token(kind=TokenKind.MEMBER, token=token)
    if tenant is None:
        return show(request, status=404, problem=_("This link is not known. A newer mail may have replaced it."))
    user: User | None = None
    form: JoinForm | None = None
    with tenant_scope(tenant):
        invitation = open_member_invitation(token=token)
        problem = why_closed(invitation) if invitation else _("This link is not known.")
        if invitation is None or problem:
            return show(request, status=410, problem=problem)
        invited = User.objects.filter(email=invitation.email).first()
        present = request.user if isinstance(request.user, User) else None
        if invited is None:
            form = JoinForm(User(email=invitation.email), request.POST or None, initial={"name": invitation.name})
        if request.method == "POST" and (form is None or form.is_valid()):
            if form is None and present != invited:
                return redirect_to_login(request.get_full_path())
            try:
                user = accept(request, invitation, form, present)
            except InvitationClosed as closed:
                return show(request, status=410, problem=str(closed))
            except ValidationError as error:
                return show(request, status=410, problem=" ".join(error.messages))
        if user is None:
            return show(request, invitation=invitation, form=form, invited=invited, present=present)
    response = redirect("admin:index") if user == present else log_in(request, user)
    request.session[SESSION_KEY] = str(tenant.pk)
    return response


def accept(request: HttpRequest, invitation: MemberInvitation, form: JoinForm | None, present: User | None) -> User:
    with acting(actor=present, ip=request.META.get("REMOTE_ADDR")):
        if form is None and present is not None:
            join_as_user(invitation=invitation, user=present)
            return present
        data = form.cleaned_data if form else {}
        return join_with_password(invitation=invitation, password=data["new_password1"], name=data["name"])


def show(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    site = admin.site.each_context(request)
    return render(request, "tenants/join.html", site | {"title": _("Join")} | context, status=status)
