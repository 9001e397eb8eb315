"""Logging in with an e-mail address."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from tenants.models import User


class EmailBackend(BaseBackend):
    """Address and password; the address is compared without regard to case."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        address = username or kwargs.get(User.USERNAME_FIELD)
        if not address or password is None:
            return None
        user = User.objects.filter(email=address.strip()).first()
        if user is None:
            User().set_password(password)  # An unknown address takes as long as a wrong password.
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: UUID | str) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()


def attempted_address(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Who is being guessed, for axes: one address however it is spelled."""
    given = (credentials or {}).get("username") or request.POST.get("username") or ""
    return str(given).strip().lower()
