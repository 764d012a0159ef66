import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0013_when_cohorts_and_imports_changed'),
    ]

    operations = [
        migrations.AlterField(
            model_name='importrow',
            name='people_import',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='courses.peopleimport'),
        ),
    ]
