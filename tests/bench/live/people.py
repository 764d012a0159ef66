"""Run in a process of its own: make a meeting of many learners, with a session for each.

``python -m tests.bench.live.people NUMBER KEYS_FILE`` prints the id of the room.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

NUMBER_AT_ONCE = 500


def main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.hashers import make_password
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from courses.enrollment_states import EnrollmentState
    from courses.models import Enrollment
    from lms.people.models import User
    from tests.webinars.factories import make_meeting

    number, keys_file = int(sys.argv[1]), Path(sys.argv[2])
    # Nobody's minutes may be complete during the run: that is another bench's work.
    meeting = make_meeting(learners=1, minimum_minutes=600)
    first = meeting.learners[0]
    people = User.objects.bulk_create(
        [
            User(
                email=f"bench{place}@example.org",
                family_name="Учебная",
                given_name="Запись",
                region=first.region,
                password=make_password(None),
            )
            for place in range(number)
        ],
        batch_size=NUMBER_AT_ONCE,
    )
    Enrollment.objects.bulk_create(
        [
            Enrollment(
                learner=person,
                cohort=meeting.session.cohort,
                state=EnrollmentState.ACTIVE,
                activated_at=timezone.now(),
            )
            for person in people
        ],
        batch_size=NUMBER_AT_ONCE,
    )
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    sessions = []
    for person in people:
        content = {
            SESSION_KEY: str(person.pk),
            BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
            HASH_SESSION_KEY: person.get_session_auth_hash(),
        }
        sessions.append(
            Session(
                session_key=store._get_new_session_key(),
                session_data=store.encode(content),
                expire_date=store.get_expiry_date(),
            )
        )
    Session.objects.bulk_create(sessions, batch_size=NUMBER_AT_ONCE)
    keys_file.write_text("".join(f"{session.session_key}\n" for session in sessions))
    print(meeting.room.uuid)


if __name__ == "__main__":
    main()
