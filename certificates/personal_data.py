"""What the register of documents keeps about people. It must outlive an erasure.

The register of issued documents is kept by law (Federal Law 273-FZ, article 98, part 9), so a
certificate keeps its name and its file.
"""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from certificates.models import Certificate
from lms.people.models import User
from lms.people.personal_data import Holding, OnErasure, register, register_not_about


def hand_over(person: User, duplicate: User) -> int:
    """Certificates of the duplicate belong to the person now. Where both have the same one, it
    stays where it is: nothing of the register is deleted."""
    count = 0
    for pk in Certificate.objects.filter(learner=duplicate).values_list("pk", flat=True):
        try:
            with transaction.atomic():
                count += Certificate.objects.filter(pk=pk).update(learner=person)
        except IntegrityError:
            continue
    return count


register(
    Holding(
        "certificates.Certificate",
        "learner",
        _("Certificates"),
        ("number", "snapshot", "state", "issued_at", "changed_at", "reason_class", "pdf_sha256"),
        OnErasure.REGISTER,
        merge=hand_over,
        file="pdf",
    ),
    Holding(
        "certificates.PrintedName",
        "learner",
        _("Name for certificates"),
        ("nominative", "dative", "confirmed_at"),
        OnErasure.DELETE,
    ),
    Holding(
        "certificates.FrdoDetails",
        "learner",
        _("Details for the federal register"),
        (
            "birth_date",
            "sex",
            "snils",
            "citizenship",
            "level",
            "diploma_surname",
            "diploma_series",
            "diploma_number",
            "changed_at",
        ),
        OnErasure.DELETE,
    ),
    Holding(
        "certificates.Award",
        "nominee",
        _("Awards and thanks"),
        ("kind", "reason", "state", "created_at", "agreed_at", "is_shown"),
        OnErasure.BLANK,
        blank={"reason": "", "note": "", "is_shown": False},
    ),
)
register_not_about(
    ("certificates.Certificate", "enrollment"),  # its holder is spoken of above
    ("certificates.CertificateEvent", "actor"),
    ("certificates.IssueBatch", "requested_by"),
    ("certificates.FrdoDetails", "changed_by"),
    ("certificates.FrdoSheet", "made_by"),
    ("certificates.FrdoSheet", "accepted_by"),
    ("certificates.Award", "nominated_by"),
    ("certificates.Award", "decided_by"),
)
