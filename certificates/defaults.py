"""The template that an installation begins with."""

from __future__ import annotations

from certificates.models import CertificateTemplate


def ensure_default_template(**_signal) -> CertificateTemplate:
    """The general template; made when no template exists at all."""
    existing = CertificateTemplate.objects.filter(course=None).order_by("-version").first()
    return existing or CertificateTemplate.objects.create(
        code="participation",
        issuer_name="Учебная программа «Бережно»",
        signer_name="Организатор программы",
        signer_position="Подпись заменяет запись в открытом реестре: проверьте код",
    )
