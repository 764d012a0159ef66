"""The look of a template, as the drawing wants it: its choices, and the bytes of its pictures."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from certificates.layout import BadLayout, Layout, check_layout
from certificates.models import CertificateTemplate


def layout_of(template: CertificateTemplate) -> Layout:
    """Raises FileNotFoundError when the file of a picture is gone."""
    return Layout(
        orientation=template.orientation,
        border=template.border,
        primary=template.primary,
        accent=template.accent,
        ground=template.ground,
        emblem=_bytes(template.emblem),
        signature=_bytes(template.signature),
        seal=_bytes(template.seal),
        emblem_alt=_("Emblem: %(name)s") % {"name": template.provider.name}
        if template.emblem
        else "",
        signature_alt=_("Signature: %(name)s") % {"name": template.signer_name}
        if template.signature
        else "",
        seal_alt=_("Seal: %(name)s") % {"name": template.provider.name} if template.seal else "",
    )


def _bytes(image: Any) -> bytes:
    if image is None:
        return b""
    with image.open_file() as file:
        return file.read()


def check_look(template: CertificateTemplate) -> None:
    """Raises ValidationError for a colour that cannot be read, or a picture that is none."""
    words = {
        "contrast": _("The text would be hard to read: choose a darker colour or lighter paper."),
        "colour": _("A colour is written like #0f5c5c."),
        "picture": _("This picture cannot be read. Take a PNG or JPEG."),
        "size": _("This picture is too large: 2 MB and 25 million points at most."),
    }
    try:
        check_layout(layout_of(template))
    except BadLayout as bad:
        raise ValidationError({bad.field: words[bad.reason]}) from bad
    except FileNotFoundError as gone:
        raise ValidationError(_("The file of a picture is gone: choose it again.")) from gone
