"""Why a certificate is not issued, each reason with a sentence for the one who asked."""

from __future__ import annotations

import errno

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from certificates.keys import KeysMissing, KeysUnreadable
from certificates.signing import NotTimestamped


class IssueProblem(Exception):
    """Something about the person, the course or the template is in the way; trying again as it
    is would not help."""

    words = _("The certificate cannot be issued.")


class NotCompleted(IssueProblem):
    """The course is not completed, so there is nothing to certify."""

    words = _("The course is not completed yet.")


class NoTemplate(IssueProblem):
    """No template applies to the course."""

    words = _("No template is in use for this course.")


class TemplateWithdrawn(IssueProblem):
    """The template was withdrawn: nothing is issued with it any more."""

    words = _("The template was withdrawn. Put a new version of it to use.")


class TemplateIsDraft(IssueProblem):
    """The template is not in use yet."""

    words = _("The template is a draft. Put it to use first.")


class NotOfThisCourse(IssueProblem):
    """The template belongs to another course, or is one of awards."""

    words = _("The template belongs to something else.")


class LicenceMissing(IssueProblem):
    """A document of further training without a licence that holds today."""

    words = _(
        "The provider has no licence that holds today, so no document of further training can be "
        "issued in its name."
    )


class TooFewHours(IssueProblem):
    """A document of further training for a programme of less than 16 hours."""

    words = _("A document of further training needs a programme of at least 16 hours.")


class NameMissing(IssueProblem):
    """The learner has no name to print."""

    words = _("The profile has no name to print: family name and given name are needed.")


class NameTooLong(IssueProblem):
    """The name does not fit into two lines that can still be read."""

    words = _("The name is too long to be printed. Check the profile.")


class UnknownLetters(IssueProblem):
    """The font lacks letters of what would be printed; ``characters`` says which."""

    def __init__(self, characters: str):
        super().__init__(characters)
        self.characters = characters
        self.words = format_lazy(
            "{text} {characters}",
            text=_("The font has no such signs:"),
            characters=" ".join(characters),
        )


FAULTS = (OSError, KeysMissing, KeysUnreadable, NotTimestamped)
"""Faults of the installation that have a sentence of their own: not the person's, tried again."""


def in_words(error: Exception) -> str:
    """What to tell the issuer; of faults of the installation, what its operator has to do."""
    if isinstance(error, IssueProblem):
        return str(error.words)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return str(_("The server’s disk is full. Nothing was issued; it is tried again by itself."))
    if isinstance(error, KeysMissing):
        return str(
            _("The issuer has no keys. Ask the operator to run “manage.py make_issuer_keys”.")
        )
    if isinstance(error, KeysUnreadable):
        return str(_("The issuer’s keys cannot be read. Ask the operator to look at their files."))
    if isinstance(error, NotTimestamped):
        return str(_("The timestamp authority does not answer. It is tried again by itself."))
    if words := getattr(error, "words", ""):
        return str(words)
    return str(_("A fault of the server. Nothing was issued; it is tried again by itself."))
