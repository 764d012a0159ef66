import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('certificates', '0003_carry_over_certificates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveField(
            model_name='certificate',
            name='changed_by',
        ),
        migrations.RemoveField(
            model_name='certificate',
            name='reason',
        ),
        migrations.AlterField(  # so that going back has something to put there
            model_name='certificatetemplate',
            name='issuer_name',
            field=models.CharField(default='', max_length=200, verbose_name='issuer'),
        ),
        migrations.RemoveField(
            model_name='certificatetemplate',
            name='issuer_name',
        ),
        migrations.AlterField(
            model_name='certificate',
            name='learner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to=settings.AUTH_USER_MODEL, verbose_name='holder'),
        ),
        migrations.AlterField(
            model_name='certificatetemplate',
            name='provider',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='templates', to='certificates.provider', verbose_name='provider'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.UniqueConstraint(condition=models.Q(('is_replacement', False)), fields=('learner', 'cohort', 'template'), name='certificate_is_issued_once'),
        ),
        migrations.AddConstraint(
            model_name='certificatetemplate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'honour'), _negated=True), ('course__isnull', True), _connector='OR'), name='honour_belongs_to_no_course', violation_error_message='An honour belongs to no course: leave it empty.'),
        ),
    ]
