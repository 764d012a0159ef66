"""What courses add to the CMS; each part registers itself when it is imported."""

from courses.cms import (
    addresses,
    cohorts,
    course_copies,
    deleting,
    menu,
    page_rights,
    pages_api,
    panels,
)

__all__ = [
    "addresses",
    "cohorts",
    "course_copies",
    "deleting",
    "menu",
    "page_rights",
    "pages_api",
    "panels",
]
