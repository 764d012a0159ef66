"""What the API keeps about people."""

from django.utils.translation import gettext_lazy as _

from lms.people.personal_data import Holding, OnErasure, register, register_not_about

register(
    Holding(
        "api.PersonalDataAccess",
        "person",
        _("Whom your data was given to"),
        ("client.name", "reader", "endpoint", "at"),
        OnErasure.KEEP,
        merge=lambda person, duplicate: 0,  # a record of access is never changed
    ),
    Holding(
        "api.Event",
        "learner",
        _("Events told to the systems of the region"),
        ("type", "occurred_at", "data"),
        OnErasure.KEEP,
    ),
)
register(
    Holding(
        "api.ScimUser",
        "user",
        _("Entry of the HR system"),
        ("user_name", "external_id", "is_active", "changed_at"),
        OnErasure.DELETE,
    ),
)
register_not_about(
    ("api.ApiClient", "created_by"),
    ("api.ClientSecret", "made_by"),
    ("api.PersonalDataAccess", "reader"),
)
