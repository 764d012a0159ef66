import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('certificates', '0001_initial'),
        ('courses', '0008_catalogue_filters'),
        ('jobs', '0002_job_not_before'),
        ('wagtailimages', '0027_image_description'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CertificateEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(choices=[('issued', 'issued'), ('suspended', 'suspended'), ('restored', 'restored'), ('revoked', 'revoked'), ('replaced', 'replaced by a corrected one'), ('duplicated', 'replaced by a duplicate')], max_length=12, verbose_name='what happened')),
                ('reason_class', models.CharField(blank=True, choices=[('issued-in-error', 'issued in error'), ('not-completed', 'the programme was not completed'), ('false-facts', 'the facts behind it are not true'), ('holder-asked', 'at the holder’s request'), ('under-review', 'under review'), ('review-ended', 'the review has ended'), ('name-changed', 'the holder’s name has changed'), ('corrected', 'a mistake was corrected'), ('lost', 'the paper was lost'), ('damaged', 'the paper was damaged')], max_length=20)),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason in words')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
            ],
            options={
                'verbose_name': 'change of a certificate',
                'verbose_name_plural': 'changes of certificates',
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='IssueBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='asked for')),
            ],
            options={
                'verbose_name': 'batch of certificates',
                'verbose_name_plural': 'batches of certificates',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='PrintedName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_of', models.CharField(max_length=310)),
                ('nominative', models.CharField(max_length=310, verbose_name='name')),
                ('dative', models.CharField(blank=True, max_length=310, verbose_name='name in the dative')),
                ('confirmed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='confirmed')),
            ],
            options={
                'verbose_name': 'printed name',
                'verbose_name_plural': 'printed names',
            },
        ),
        migrations.CreateModel(
            name='Provider',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, unique=True, verbose_name='name as printed')),
                ('licence_number', models.CharField(blank=True, max_length=80, verbose_name='number of the licence')),
                ('licence_authority', models.CharField(blank=True, max_length=200, verbose_name='who gave the licence')),
                ('licensed_on', models.DateField(blank=True, null=True, verbose_name='licence given on')),
                ('licensed_until', models.DateField(blank=True, help_text='Licences have no term; fill this in when it was withdrawn or given back.', null=True, verbose_name='licence ended on')),
            ],
            options={
                'verbose_name': 'provider',
                'verbose_name_plural': 'providers',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='RegisterEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(max_length=120, unique=True)),
                ('number', models.CharField(max_length=40, unique=True)),
                ('code', models.CharField(max_length=12, unique=True)),
                ('uuid', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('taken_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='certificate',
            name='certificate_is_issued_once',
        ),
        migrations.AddField(
            model_name='certificate',
            name='cohort',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='courses.cohort', verbose_name='cohort'),
        ),
        migrations.AddField(
            model_name='certificate',
            name='credential',
            field=models.TextField(blank=True, verbose_name='credential'),
        ),
        migrations.AddField(
            model_name='certificate',
            name='is_duplicate',
            field=models.BooleanField(default=False, verbose_name='duplicate'),
        ),
        migrations.AddField(
            model_name='certificate',
            name='is_replacement',
            field=models.BooleanField(default=False, verbose_name='replaces another'),
        ),
        migrations.AddField(
            model_name='certificate',
            name='learner',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to=settings.AUTH_USER_MODEL, verbose_name='holder'),
        ),
        migrations.AddField(
            model_name='certificate',
            name='reason_class',
            field=models.CharField(blank=True, choices=[('issued-in-error', 'issued in error'), ('not-completed', 'the programme was not completed'), ('false-facts', 'the facts behind it are not true'), ('holder-asked', 'at the holder’s request'), ('under-review', 'under review'), ('review-ended', 'the review has ended'), ('name-changed', 'the holder’s name has changed'), ('corrected', 'a mistake was corrected'), ('lost', 'the paper was lost'), ('damaged', 'the paper was damaged')], max_length=20, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='certificate',
            name='shows_initials',
            field=models.BooleanField(default=False, verbose_name='the public page shows initials only'),
        ),
        migrations.AddField(
            model_name='certificatetemplate',
            name='accent',
            field=models.CharField(default='#d98872', max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}\\Z', 'A colour is written like #0f5c5c.')], verbose_name='second colour'),
        ),
        migrations.AddField(
            model_name='certificatetemplate',
            name='border',
            field=models.CharField(choices=[('band', 'band on the left'), ('frame', 'frame'), ('plain', 'none')], default='band', max_length=12, verbose_name='border'),
        ),
        migrations.AddField(
            model_name='certificatetemplate',
            name='emblem',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailimages.image', verbose_name='emblem'),
        ),
        migrations.AddField(
            model_name='certificatetemplate',
            name='ground',
            field=models.CharField(default='#fbf8f3', max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}\\Z', 'A colour is written like #0f5c5c.')], verbose_name='colour of the paper'),
        ),
        migrations.AddField(
            model_name='certificatetemplate',
            name='hours',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Empty: the hours of the course.', null=True, verbose_name='hours'),
        ),
        migrations.AddField(
            model_name='certificatetemplate',
            name='name_case',
            field=models.CharField(choices=[('nominative', 'who: nominative'), ('dative', 'to whom: dative')], default='nominative', max_length=12, verbose_name='form of the name'),
        ),
        migrations.AddField(
            model_name='certificatetemplate',
            name='orientation',
            field=models.CharField(choices=[('landscape', 'landscape'), ('portrait', 'portrait')], default='landscape', max_length=12, verbose_name='page'),
        ),
        migrations.AddField(
            model_name='certificatetemplate',
            name='primary',
            field=models.CharField(default='#0f5c5c', max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}\\Z', 'A colour is written like #0f5c5c.')], verbose_name='main colour'),
        ),
        migrations.AddField(
            model_name='certificatetemplate',
            name='programme',
            field=models.CharField(blank=True, help_text='Empty: the title of the course.', max_length=250, verbose_name='programme'),
        ),
        migrations.AddField(
            model_name='certificatetemplate',
            name='seal',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailimages.image', verbose_name='picture of the seal'),
        ),
        migrations.AddField(
            model_name='certificatetemplate',
            name='signature',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailimages.image', verbose_name='picture of the signature'),
        ),
        migrations.AddField(
            model_name='certificatetemplate',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('active', 'in use'), ('withdrawn', 'withdrawn')], default='draft', editable=False, max_length=12, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='certificate',
            name='enrollment',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='courses.enrollment', verbose_name='enrolment'),
        ),
        migrations.AlterField(
            model_name='certificatetemplate',
            name='body',
            field=models.TextField(default='Настоящий сертификат подтверждает участие в программе', help_text='Stands between the name and the programme.', max_length=600, verbose_name='text'),
        ),
        migrations.AlterField(
            model_name='certificatetemplate',
            name='code',
            field=models.SlugField(help_text='The same for all versions of one template.', max_length=60, verbose_name='code'),
        ),
        migrations.AlterField(
            model_name='certificatetemplate',
            name='kind',
            field=models.CharField(choices=[('participation', 'certificate of participation'), ('completion', 'certificate of completion'), ('qualification', 'document of further training (licensed providers)'), ('honour', 'honour')], default='participation', max_length=20, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='certificatetemplate',
            name='version',
            field=models.PositiveSmallIntegerField(default=1, editable=False, verbose_name='version'),
        ),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(fields=['pdf_sha256'], name='certificate_pdf_sha_be775e_idx'),
        ),
        migrations.AddField(
            model_name='certificateevent',
            name='actor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='certificateevent',
            name='certificate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='certificates.certificate'),
        ),
        migrations.AddField(
            model_name='issuebatch',
            name='cohort',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificate_batches', to='courses.cohort'),
        ),
        migrations.AddField(
            model_name='issuebatch',
            name='jobs',
            field=models.ManyToManyField(related_name='+', to='jobs.job'),
        ),
        migrations.AddField(
            model_name='issuebatch',
            name='requested_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='issuebatch',
            name='template',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='certificates.certificatetemplate'),
        ),
        migrations.AddField(
            model_name='printedname',
            name='learner',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='printed_name', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='provider',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('licence_authority', ''), ('licence_number', ''), ('licensed_on__isnull', True)), models.Q(models.Q(('licence_number', ''), _negated=True), models.Q(('licence_authority', ''), _negated=True), ('licensed_on__isnull', False)), _connector='OR'), name='licence_is_whole_or_absent', violation_error_message='A licence has a number, an authority and a day: fill in all three or none.'),
        ),
        migrations.AddField(
            model_name='certificatetemplate',
            name='provider',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='templates', to='certificates.provider', verbose_name='provider'),
        ),
    ]
