from django.db import migrations, models
from django.db.models import Count, F, Q


def tell_what_was_seen(apps, schema_editor):
    """Trainers could see all ratings of these meetings so far, so these are told."""
    SessionRating = apps.get_model("webinars", "SessionRating")
    sessions = SessionRating.objects.filter(session__isnull=False).values("session")
    with_numbers = sessions.annotate(people=Count("pk"), kinds=Count("value", distinct=True))
    with_words = sessions.annotate(people=Count("pk", filter=~Q(words="")))
    for found in with_numbers.filter(people__gte=10, kinds__gt=1):
        SessionRating.objects.filter(session=found["session"]).update(told_value=F("value"))
    for found in with_words.filter(people__gte=5):
        SessionRating.objects.filter(session=found["session"]).update(told_words=F("words"))


class Migration(migrations.Migration):

    dependencies = [("webinars", "0012_goals_of_scenarios")]

    operations = [
        migrations.AddField(
            model_name="sessionrating",
            name="told_value",
            field=models.PositiveSmallIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="sessionrating",
            name="told_words",
            field=models.CharField(blank=True, editable=False, max_length=1000),
        ),
        migrations.RunPython(tell_what_was_seen, migrations.RunPython.noop),
    ]
