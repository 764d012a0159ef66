"""What certificates add to the CMS; each part registers itself when it is imported."""

from certificates.cms import addresses, policies

__all__ = ["addresses", "policies"]
