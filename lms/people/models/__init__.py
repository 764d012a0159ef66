from lms.people.models.consent import Consent
from lms.people.models.erasure import Erasure, Merge
from lms.people.models.organisation import Organisation, OrganisationId, Region
from lms.people.models.role import Role, RoleAssignment, RoleChange
from lms.people.models.user import ExternalId, User

__all__ = [
    "Consent",
    "Erasure",
    "ExternalId",
    "Merge",
    "Organisation",
    "OrganisationId",
    "Region",
    "Role",
    "RoleAssignment",
    "RoleChange",
    "User",
]
