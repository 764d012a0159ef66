"""What the register of documents keeps about people. It must outlive an erasure.

The register of issued documents is kept by law (Federal Law 273-FZ, article 98, part 9), so a
certificate keeps its name and its file.
"""

from django.utils.translation import gettext_lazy as _

from lms.people.personal_data import Holding, OnErasure, register, register_not_about

register(
    Holding(
        "certificates.Certificate",
        "enrollment__learner",
        _("Certificates"),
        ("number", "snapshot", "state", "issued_at", "changed_at", "reason", "pdf_sha256"),
        OnErasure.REGISTER,
        file="pdf",
    ),
)
register_not_about(("certificates.Certificate", "changed_by"))
