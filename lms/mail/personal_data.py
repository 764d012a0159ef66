"""What the room of letters keeps about people."""

from django.utils.translation import gettext_lazy as _

from lms.people.personal_data import Holding, OnErasure, register

register(
    Holding(
        "mail.Letter",
        "recipient",
        _("Letters"),
        ("template", "context", "created_at", "sent_at"),
        OnErasure.DELETE,
    ),
    Holding(
        "mail.ReminderSettings",
        "person",
        _("Choice of reminders"),
        ("before_session", "before_deadline", "after_silence", "about_practicums", "hour"),
        OnErasure.DELETE,
    ),
    Holding("mail.Reminder", "person", _("Reminders"), ("day", "key"), OnErasure.DELETE),
)
