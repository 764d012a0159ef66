"""What courses add to the CMS; each part registers itself when it is imported."""

from courses.authoring import buttons, guarding
from courses.cms import (
    addresses,
    announcements,
    cohorts,
    course_copies,
    imports,
    menu,
    page_rights,
    pages_api,
    panels,
    roles,
    speech,
    topics,
    trainer_profiles,
    users,
)
from courses.dialogues import cms as dialogues

__all__ = [
    "addresses",
    "announcements",
    "buttons",
    "cohorts",
    "course_copies",
    "dialogues",
    "guarding",
    "imports",
    "menu",
    "page_rights",
    "pages_api",
    "panels",
    "roles",
    "speech",
    "topics",
    "trainer_profiles",
    "users",
]
