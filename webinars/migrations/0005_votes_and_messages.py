"""Votes lose their names, and messages of the chat get a row of their own."""

import uuid

from django.db import migrations
from django.utils.crypto import salted_hmac


def votes_without_names(apps, schema_editor):
    vote_model = apps.get_model("webinars", "PollVote")
    for vote in vote_model.objects.select_related("poll").iterator():
        scope = f"webinars.voter.{vote.poll.uuid}"
        is_open = vote.poll.state == "open"
        key = salted_hmac(scope, str(vote.user_id), algorithm="sha256").hexdigest()
        vote.voter = key if is_open else uuid.uuid4().hex
        vote.choices = [vote.choice]
        vote.user_id = None
        vote.save(update_fields=["voter", "choices", "user_id"])


def messages_with_rows(apps, schema_editor):
    event_model = apps.get_model("webinars", "RoomEvent")
    message_model = apps.get_model("webinars", "ChatMessage")
    said = event_model.objects.filter(type="chat.sent", actor__isnull=False)
    for event in said.select_related("stream").order_by("stream_id", "seq").iterator():
        message = message_model.objects.create(
            room_id=event.stream.room_id,
            author_id=event.actor_id,
            author_role=event.actor_role,
            text=event.data["text"],
            sent_at=event.at,
        )
        event.data = {"m": str(message.uuid), **event.data}
        event.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [("webinars", "0004_live_rooms")]

    operations = [
        migrations.RunPython(votes_without_names, migrations.RunPython.noop),
        migrations.RunPython(messages_with_rows, migrations.RunPython.noop),
    ]
