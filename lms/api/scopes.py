"""What a client of the API may be allowed to do."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """One right of a client; a key carries any number of them."""

    COHORTS_READ = "cohorts:read", _("read cohorts")
    COHORTS_WRITE = "cohorts:write", _("plan cohorts of the region")
    ORGANISATIONS_READ = "organisations:read", _("read organisations")
    ORGANISATIONS_WRITE = "organisations:write", _("add organisations and change them")
    LEARNERS_READ = "learners:read", _("read learners")
    LEARNERS_WRITE = "learners:write", _("register learners and change them")
    LEARNERS_PII = (
        "learners:pii",
        _("see names, e-mail addresses, telephones, places of work and notes"),
    )
    LEARNERS_ERASE = "learners:erase", _("erase and merge learners")
    ENROLMENTS_READ = "enrolments:read", _("read enrolments")
    ENROLMENTS_WRITE = "enrolments:write", _("enrol learners and withdraw them")
    PROGRESS_READ = "progress:read", _("read progress and results of learners")
    REPORTS_READ = "reports:read", _("read reports of gains, without people")
    ACCESSES_READ = "accesses:read", _("read who was given personal data of the region")
    IMPORTS_WRITE = "imports:write", _("import people from files")
    RESULTS_READ = "results:read", _("read results of groups")
    CERTIFICATES_READ = "certificates:read", _("read certificates")
    CERTIFICATES_REVOKE = "certificates:revoke", _("revoke certificates")
    EVENTS_READ = "events:read", _("read the feed of events")
    SCIM_MANAGE = "scim:manage", _("keep people and organisations by SCIM, names included")
    WEBHOOKS_MANAGE = "webhooks:manage", _("set up webhooks")


ALL_SCOPES = tuple(scope.value for scope in Scope)
