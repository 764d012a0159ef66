"""Imports of people from files: the import, its rows, and the enrolments that it would end."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models.cohort import Cohort
from courses.models.enrollment import Enrollment
from lms.jobs.models import Job
from lms.people.models import Organisation, Region, Role

UNDO_WITHIN = timedelta(days=7)


class ImportState(models.TextChoices):
    CHOOSING = "choosing_columns", _("waits for its columns to be chosen")
    CHECKING = "checking", _("is being checked")
    CHECKED = "checked", _("checked, waits for confirmation")
    APPLYING = "applying", _("is being carried out")
    APPLIED = "applied", _("carried out")
    UNDOING = "undoing", _("is being undone")
    UNDONE = "undone", _("undone")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("the file cannot be read")


RUNNING = (ImportState.CHECKING, ImportState.APPLYING, ImportState.UNDOING)


class RowOutcome(models.TextChoices):
    WOULD_CREATE = "would_create", _("would be added")
    WOULD_UPDATE = "would_update", _("would be changed")
    WOULD_NOT_CHANGE = "would_not_change", _("would stay as it is")
    REJECTED = "rejected", _("not accepted")
    CREATED = "created", _("added")
    UPDATED = "updated", _("changed")
    UNCHANGED = "unchanged", _("stayed as it was")
    UNDONE = "undone", _("undone")
    KEPT = "kept", _("left as it is")


PLANNED = (RowOutcome.WOULD_CREATE, RowOutcome.WOULD_UPDATE, RowOutcome.WOULD_NOT_CHANGE)
DONE = (RowOutcome.CREATED, RowOutcome.UPDATED)


def private_storage():
    return storages["private"]


class PeopleImportQuerySet(models.QuerySet):
    def visible_to(self, user) -> PeopleImportQuerySet:
        """A coordinator's regions'; an administrator's: all."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_administrator:
            return self
        if not user.has_role(Role.COORDINATOR):
            return self.none()
        return self.filter(region__in=user.coordinated_regions())


class PeopleImport(models.Model):
    """One file of people with enrolments, from its arrival until it can no longer be undone."""

    class Mode(models.TextChoices):
        UPSERT = "upsert", _("add and change")
        SYNC = "sync", _("add, change and withdraw those who are not in the file")

    class Scope(models.TextChoices):
        COHORT = "cohort", _("everybody of the region in the cohort")
        ORGANISATION = "organisation", _("only people of one organisation")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people_imports",
        verbose_name=_("region"),
        help_text=_("Empty: every row names its region."),
    )
    system = models.SlugField(_("system whose numbers name people"), max_length=40, default="hr")
    cohort = models.ForeignKey(
        Cohort,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people_imports",
        verbose_name=_("cohort"),
    )
    mode = models.CharField(_("mode"), max_length=8, choices=Mode.choices, default=Mode.UPSERT)
    scope = models.CharField(_("scope"), max_length=12, choices=Scope.choices, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation"),
    )
    max_removals = models.PositiveIntegerField(_("removals without a question"), null=True)
    applies_itself = models.BooleanField(
        _("carried out without confirmation"),
        default=False,
        help_text=_("Unless people would be withdrawn."),
    )

    file = models.FileField(storage=private_storage, upload_to="imports/", blank=True)
    file_name = models.CharField(_("file"), max_length=200)
    size_bytes = models.PositiveIntegerField(_("size in bytes"))
    format = models.CharField(_("format"), max_length=6)
    encoding = models.CharField(_("encoding"), max_length=10, blank=True)
    headings = models.JSONField(_("headings"), default=list)
    columns = models.JSONField(_("columns"), default=list)

    state = models.CharField(
        _("state"), max_length=16, choices=ImportState.choices, default=ImportState.CHECKING
    )
    problem = models.JSONField(_("problem"), default=dict)
    rows_total = models.PositiveIntegerField(_("rows"), default=0)
    counts = models.JSONField(_("rows by outcome"), default=dict)
    removals = models.PositiveIntegerField(_("people to withdraw"), default=0)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")

    source = models.CharField(_("source"), max_length=60)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    checked_at = models.DateTimeField(_("checked"), null=True)
    applied_at = models.DateTimeField(_("carried out"), null=True)
    undone_at = models.DateTimeField(_("undone"), null=True)

    objects = PeopleImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("import of people")
        verbose_name_plural = _("imports of people")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ImportState.values), name="import_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(mode="upsert", scope="")
                | Q(mode="sync", region__isnull=False, cohort__isnull=False, scope__gt=""),
                name="sync_says_whom_it_may_withdraw",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def undo_until(self) -> datetime | None:
        return self.applied_at + UNDO_WITHIN if self.applied_at else None

    @property
    def may_be_undone(self) -> bool:
        until = self.undo_until
        return self.state == ImportState.APPLIED and until is not None and timezone.now() < until


class ImportRow(models.Model):
    """What became of one row of the file. Kept apart from ``Job`` items: they are many and rich.

    ``said``: the fields of the person; of a rejected row, its cells as they came.
    ``before``: what undoing needs: the former values of the person, the former state of the
    enrolment, and what the import made.

    Written twice by the ten thousand and forgotten after a month, so PostgreSQL is not asked to
    look each of its references up: that was a fifth of an import's time.
    """

    people_import = models.ForeignKey(
        PeopleImport,
        on_delete=models.CASCADE,
        related_name="rows",
        db_index=False,  # the first of a unique constraint
        db_constraint=False,
    )
    number = models.PositiveIntegerField(_("line of the file"))
    value = models.CharField(_("external id"), max_length=120, blank=True)
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    cohort = models.ForeignKey(
        Cohort,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    said = models.JSONField(default=dict)
    is_gone = models.BooleanField(default=False)
    outcome = models.CharField(_("outcome"), max_length=16, choices=RowOutcome.choices)
    errors = models.JSONField(_("errors"), default=list)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    enrollment = models.ForeignKey(
        Enrollment,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    before = models.JSONField(default=dict)

    class Meta:
        ordering = ["number"]
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        constraints = [
            models.UniqueConstraint(
                fields=["people_import", "number"], name="line_of_a_file_has_one_outcome"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.outcome}"


class ImportRemoval(models.Model):
    """An enrolment that a file in ``sync`` mode does not name any more."""

    class Outcome(models.TextChoices):
        WOULD_WITHDRAW = "would_withdraw", _("would be withdrawn")
        WITHDRAWN = "withdrawn", _("withdrawn")
        KEPT = "kept", _("left as it is")
        UNDONE = "undone", _("undone")

    people_import = models.ForeignKey(
        PeopleImport, on_delete=models.CASCADE, related_name="withdrawals"
    )
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(
        _("outcome"), max_length=16, choices=Outcome.choices, default=Outcome.WOULD_WITHDRAW
    )
    state_before = models.CharField(max_length=12)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("withdrawal by an import")
        verbose_name_plural = _("withdrawals by imports")
        constraints = [
            models.UniqueConstraint(
                fields=["people_import", "enrollment"], name="import_withdraws_an_enrolment_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.enrollment}: {self.outcome}"
