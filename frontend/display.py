"""«Настройки отображения»: how a person wants pages to look, in a cookie and in the profile."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

COOKIE = "display"
CHOICES: dict[str, tuple] = {
    "size": (
        _("Size of text"),
        (("", "100 %"), ("125", "125 %"), ("150", "150 %"), ("200", "200 %")),
    ),
    "scheme": (
        _("Colours"),
        (
            ("", _("usual")),
            ("black-on-white", _("black on white")),
            ("white-on-black", _("white on black")),
            ("yellow-on-black", _("yellow on black")),
        ),
    ),
    "spacing": (_("Distance between letters and lines"), (("", _("usual")), ("wide", _("wide")))),
    "font": (_("Typeface"), (("", "Golos Text"), ("system", _("of your system")))),
    "pictures": (_("Pictures"), (("", _("show")), ("off", _("hide")))),
    "motion": (_("Movement on pages"), (("", _("as your system says")), ("off", _("none")))),
}
"""Setting → its question and its options; the first option is the default."""


def cleaned(chosen: Mapping[str, str]) -> dict[str, str]:
    """Only known settings with known values that are not the default."""
    return {
        name: chosen[name]
        for name, (_question, options) in CHOICES.items()
        if chosen.get(name) and chosen[name] in {value for value, _label in options}
    }


def to_cookie(display: Mapping[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in display.items())


def from_cookie(cookie: str) -> dict[str, str]:
    return cleaned(dict(part.split("=", 1) for part in cookie.split("&") if "=" in part))
