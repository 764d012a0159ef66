from certificates.models.award import Award
from certificates.models.batch import IssueBatch
from certificates.models.certificate import (
    Certificate,
    CertificateEvent,
    FrozenCertificate,
    ReasonClass,
    RegisterCounter,
    RegisterEntry,
    _private_storage,
)
from certificates.models.frdo import FrdoDetails, FrdoSheet
from certificates.models.printed_name import PrintedName
from certificates.models.provider import Provider
from certificates.models.template import CertificateTemplate, LockedTemplate

__all__ = [
    "Award",
    "Certificate",
    "CertificateEvent",
    "CertificateTemplate",
    "FrdoDetails",
    "FrdoSheet",
    "FrozenCertificate",
    "IssueBatch",
    "LockedTemplate",
    "PrintedName",
    "Provider",
    "ReasonClass",
    "RegisterCounter",
    "RegisterEntry",
    "_private_storage",  # named by the first migration
]
