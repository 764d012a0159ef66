from django.db import migrations, models
from django.db.models import Q


def remember_who_closed(apps, schema_editor):
    """Accounts that an HR system has dismissed or deleted, it may open again."""
    apps.get_model("api", "ScimUser").objects.filter(
        Q(is_active=False) | Q(deleted_at__isnull=False), user__is_active=False
    ).update(has_closed=True)


class Migration(migrations.Migration):

    dependencies = [
        ("api", "0016_deliveries_are_taken"),
    ]

    operations = [
        migrations.AddField(
            model_name="scimuser",
            name="has_closed",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(remember_who_closed, migrations.RunPython.noop),
    ]
