"""Who logs in. A user is shared: what they may do in which tenant is a Membership."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class LowercaseEmailField(models.EmailField):
    """An address compared without regard to case, because it is stored and looked up in lower case."""

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return prepared.lower() if isinstance(prepared, str) else prepared

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.get_prep_value(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make a user who may log in to the console. Without a password, nobody can log in until one is set."""
        user = self.model(email=email, **{"is_staff": True} | fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make a member of the platform's staff: `manage.py createsuperuser`."""
        return self.create_user(email, password, **fields, is_platform_staff=True)


class User(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = LowercaseEmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may log in to the console"), default=True)
    is_platform_staff = models.BooleanField(
        _("platform staff"), default=False, help_text=_("May enter every tenant; each entry is recorded there.")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """As the console's theme asks for it."""
        return self.name

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Django's own permissions guard what is no tenant's, such as log-in attempts: it is the platform staff's."""
        return self.is_active and self.is_platform_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_platform_staff
