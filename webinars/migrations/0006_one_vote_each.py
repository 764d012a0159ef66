from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("webinars", "0005_votes_and_messages")]

    operations = [
        migrations.RemoveField(
            model_name='pollvote',
            name='at',
        ),
        migrations.RemoveField(
            model_name='pollvote',
            name='choice',
        ),
        migrations.AddConstraint(
            model_name='pollvote',
            constraint=models.UniqueConstraint(fields=('poll', 'voter'), name='person_votes_once_in_a_poll'),
        ),
    ]
