"""The templates that an installation begins with."""

from __future__ import annotations

from certificates.models import CertificateTemplate, Provider

PROVIDER = "Учебная программа «Бережно»"
SIGNER = {
    "signer_name": "Организатор программы",
    "signer_position": "Подпись заменяет запись в открытом реестре: проверьте код",
}
HONOURS = {"thanks": "Благодарность", "award": "Почётная грамота"}


def ensure_default_template(**_signal) -> CertificateTemplate:
    """The general template, and those of awards; each made when none of its sort exists at all."""
    for code, heading in HONOURS.items():
        if not CertificateTemplate.objects.filter(kind="honour", code=code).exists():
            _make(code, kind="honour", heading=heading, name_case="dative", body="{reason}")
    general = CertificateTemplate.objects.of_courses().filter(course=None)
    existing = general.order_by("-version").first()
    return existing or _make("participation")


def _make(code: str, **fields: str) -> CertificateTemplate:
    provider, _created = Provider.objects.get_or_create(name=PROVIDER)
    return CertificateTemplate.objects.create(
        code=code, state=CertificateTemplate.State.ACTIVE, provider=provider, **SIGNER, **fields
    )
