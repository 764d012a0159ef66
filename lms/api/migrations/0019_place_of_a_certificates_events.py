from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('api', '0018_who_was_shown_personal_data'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='event',
            name='event_of_an_object',
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('type__in', ('certificate.issued', 'certificate.state_changed', 'certificate.revoked', 'certificate.superseded'))), fields=['object_id', 'id'], name='event_of_a_certificate'),
        ),
    ]
