"""What courses add to the CMS; each part registers itself when it is imported."""

from courses.cms import page_rights

__all__ = ["page_rights"]
