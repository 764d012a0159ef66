"""What courses add to the CMS; each part registers itself when it is imported."""

from courses.cms import addresses, cohorts, menu, page_rights, pages_api

__all__ = ["addresses", "cohorts", "menu", "page_rights", "pages_api"]
