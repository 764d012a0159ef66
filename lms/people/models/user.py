from __future__ import annotations

import uuid
import zoneinfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from lms.people.models.organisation import Organisation, Region
from lms.people.models.role import Role


def validate_timezone(value: str) -> None:
    """Refuse a name that the IANA time zone database does not know."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(value)s” is not a time zone."), params={"value": value})


UNSEEN = frozenset({"last_login", "password", "display", "is_staff", "is_superuser"})
"""Fields whose change is no change of what a region sees of a person."""


class UserQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> UserQuerySet:
        """People whom ``user`` may see by name: all, their regions', their cohorts', themselves."""
        if user.is_administrator or user.has_role(Role.METHODOLOGIST):
            return self
        return self.filter(
            models.Q(pk=user.pk)
            | models.Q(region__in=user.coordinated_regions())
            | models.Q(enrollments__cohort__trainers=user)
        ).distinct()


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    use_in_migrations = True

    def create_user(self, email: str | None, password: str | None = None, **fields) -> User:
        """A person; without a password they sign in by a link or a code from a letter."""
        user = self.model(email=email, **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> User:
        fields.update(is_staff=True, is_superuser=True)
        return self.create_user(email, password, **fields)

    def get_by_natural_key(self, email: str) -> User:
        return self.get(email=email.lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person, named as in the passport, and how they wish to be addressed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    phone = models.CharField(
        _("telephone"), max_length=16, blank=True, help_text=_("For example: +7 912 345-67-89.")
    )
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    patronymic = models.CharField(_("patronymic"), max_length=100, blank=True)
    address_as = models.CharField(
        _("how to address you"),
        max_length=120,
        blank=True,
        help_text=_("For example: Maria Petrovna. Shown in greetings and letters."),
    )
    timezone = models.CharField(
        _("time zone"), max_length=40, default="Europe/Moscow", validators=[validate_timezone]
    )
    locale = models.CharField(
        _("language"), max_length=5, default="ru", choices=[("ru", "Русский"), ("en", "English")]
    )
    display = models.JSONField(_("display settings"), default=dict, blank=True)
    metadata = models.JSONField(
        _("notes of the region's systems"), default=dict, blank=True, editable=False
    )
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("region"),
        db_index=False,  # the first of an index
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("organisation"),
    )
    position = models.CharField(_("position"), max_length=150, blank=True)
    is_synthetic = models.BooleanField(
        _("made up for the demo"),
        default=False,
        help_text=_("Marked demo data; such people are never sent letters."),
    )
    is_staff = models.BooleanField(_("may enter the CMS"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=now)
    updated_at = models.DateTimeField(
        _("changed"), default=now, editable=False, help_text=_("What a region sees of them.")
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        ordering = ["family_name", "given_name", "patronymic", "pk"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            models.Index(fields=["family_name", "given_name"]),
            models.Index(fields=["region", "updated_at"]),
        ]

    known_changes: tuple[str, ...] | None = None
    """The fields that the next ``save`` changes, said by a caller who has locked and compared the
    row, so that nobody has to read it again. None: not said."""

    def __str__(self) -> str:
        return self.get_full_name() or self.email or str(self.uuid)

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower() if self.email else None

    def save(self, *args, **kwargs) -> None:
        self.email = self.email.lower() if self.email else None
        names = kwargs.get("update_fields")
        if names is None:
            self.updated_at = now()
        elif not UNSEEN.issuperset(names):
            self.updated_at = now()
            kwargs["update_fields"] = {*names, "updated_at"}
        super().save(*args, **kwargs)
        self.known_changes = None

    @property
    def first_name(self) -> str:
        """The CMS's word for the given name."""
        return self.given_name

    @property
    def last_name(self) -> str:
        """The CMS's word for the family name."""
        return self.family_name

    def get_full_name(self) -> str:
        """Family name, given name and patronymic, as in the passport."""
        return " ".join(filter(None, [self.family_name, self.given_name, self.patronymic]))

    def get_short_name(self) -> str:
        """The given name and the initial of the family name: what others see in a room."""
        initial = f"{self.family_name[:1]}." if self.family_name else ""
        return " ".join(filter(None, [self.given_name, initial])) or str(_("Participant"))

    @property
    def initials(self) -> str:
        """«И. П. Иванова» → «И. П. И.»: what is shown to those without a right to the name."""
        parts = [self.given_name, self.patronymic, self.family_name]
        return " ".join(f"{part[0]}." for part in parts if part)

    @property
    def is_administrator(self) -> bool:
        return self.is_active and self.is_superuser

    def has_role(self, role: Role) -> bool:
        """Whether the person holds ``role`` anywhere; one query a person, then remembered.

        Roles are for those who may enter the CMS (``grant_role`` lets them in), so a learner's
        pages need no query.
        """
        return self.is_staff and role in self._roles

    @property
    def has_roles(self) -> bool:
        """Whether the person holds any role."""
        return self.is_staff and bool(self._roles)

    @property
    def _roles(self) -> set[str]:
        if not hasattr(self, "_roles_cache"):
            self._roles_cache = set(self.role_assignments.values_list("role", flat=True))
        return self._roles_cache

    def regions_in_care(self) -> models.QuerySet[Region]:
        """Whose people this person looks after: an administrator all, else those coordinated."""
        return Region.objects.all() if self.is_administrator else self.coordinated_regions()

    def coordinated_regions(self) -> models.QuerySet[Region]:
        """The regions whose coordinator this person is."""
        return Region.objects.filter(
            role_assignments__user=self, role_assignments__role=Role.COORDINATOR
        )


class ExternalId(models.Model):
    """What a region's own system calls a person; unique inside (region, system)."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="external_ids", db_index=False
    )
    system = models.SlugField(_("system"), max_length=40, db_index=False)
    value = models.CharField(_("value"), max_length=120)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="external_ids")

    class Meta:
        verbose_name = _("external id")
        verbose_name_plural = _("external ids")
        constraints = [
            models.UniqueConstraint(
                fields=["region", "system", "value"], name="external_id_names_one_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.system}:{self.value}"
