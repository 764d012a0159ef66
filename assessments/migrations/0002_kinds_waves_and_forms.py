import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import wagtail.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0001_initial'),
        ('courses', '0008_catalogue_filters'),
        ('wagtaildocs', '0014_alter_document_file_size'),
        ('wagtailimages', '0027_image_description'),
    ]

    operations = [
        migrations.CreateModel(
            name='Administration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opens_at', models.DateTimeField(blank=True, null=True, verbose_name='opens')),
                ('closes_at', models.DateTimeField(blank=True, null=True, verbose_name='closes')),
            ],
            options={
                'verbose_name': 'time of answering',
                'verbose_name_plural': 'times of answering',
                'ordering': ['cohort', 'opens_at', 'pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='attempt',
            name='submitted_attempt_keeps_its_answers',
        ),
        migrations.RemoveConstraint(
            model_name='response',
            name='item_is_answered_once_in_an_attempt',
        ),
        migrations.RemoveConstraint(
            model_name='response',
            name='answer_has_a_value_or_a_reason',
        ),
        migrations.AddField(
            model_name='attempt',
            name='critical_errors',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='critical errors'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='erased_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='erased by the person'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='failed_instructed',
            field=models.PositiveSmallIntegerField(null=True, verbose_name='failed checks of attention'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='fast_pages',
            field=models.PositiveSmallIntegerField(null=True, verbose_name='pages answered too fast'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='form',
            field=models.CharField(blank=True, choices=[('A', 'form A'), ('B', 'form B')], max_length=1, verbose_name='form'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='judgement',
            field=models.FloatField(null=True, verbose_name='judgement of situations, mean points'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='longest_run',
            field=models.PositiveSmallIntegerField(null=True, verbose_name='longest run of one answer'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='self_report',
            field=models.FloatField(null=True, verbose_name='self-report, mean of the trained scales'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='vector',
            field=models.BinaryField(blank=True, help_text='A byte for each value in the order of the sheet; written at submission.', null=True, verbose_name='answers'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='wave',
            field=models.CharField(choices=[('pre', 'before'), ('pre_again', 'before, a second time (for those who wait)'), ('post', 'after'), ('then', 'looking back at the time before'), ('follow_up', 'some weeks later')], default='pre', max_length=12, verbose_name='wave'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='attempt',
            name='yardstick',
            field=models.FloatField(null=True, verbose_name='mean of what is asked again looking back'),
        ),
        migrations.AddField(
            model_name='instrument',
            name='draw_seed',
            field=models.PositiveIntegerField(default=2026, help_text='Who begins with form A and who with B is drawn from this number.', verbose_name='seed of the draw'),
        ),
        migrations.AddField(
            model_name='instrument',
            name='is_normed',
            field=models.BooleanField(default=False, help_text='Tried on enough people. Until then every result says that it is not.', verbose_name='normed'),
        ),
        migrations.AddField(
            model_name='instrument',
            name='judgement_instruction',
            field=models.TextField(blank=True, help_text='Shown above each situation.', verbose_name='instruction for situations'),
        ),
        migrations.AddField(
            model_name='instrument',
            name='rating_options',
            field=models.JSONField(blank=True, default=list, help_text='For situations, one a line: “1 Does harm”. Not needed without situations.', verbose_name='options for rating a reply'),
        ),
        migrations.AddField(
            model_name='instrument',
            name='then_instruction',
            field=models.TextField(blank=True, help_text='For the questions asked again about the time before the course.', verbose_name='instruction for looking back'),
        ),
        migrations.AddField(
            model_name='item',
            name='allows_not_applicable',
            field=models.BooleanField(default=False, help_text='Offers “There were no such conversations”; it counts as no answer.', verbose_name='may not apply'),
        ),
        migrations.AddField(
            model_name='item',
            name='audio',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtaildocs.document', verbose_name='audio'),
        ),
        migrations.AddField(
            model_name='item',
            name='choices',
            field=wagtail.fields.StreamField([('choice', 3)], blank=True, block_lookup={0: ('wagtail.blocks.TextBlock', (), {'label': 'text', 'rows': 2}), 1: ('wagtail.blocks.IntegerBlock', (), {'help_text': 'Situation: the rating that most experts gave. Feeling: points from 0 to 2. Empty: earns nothing.', 'label': 'key', 'max_value': 10, 'min_value': 0, 'required': False}), 2: ('wagtail.blocks.BooleanBlock', (), {'help_text': 'Unsafe or breaks confidence: whoever calls it good gets 0 and a mark.', 'label': 'a critical error', 'required': False}), 3: ('wagtail.blocks.StructBlock', [[('text', 0), ('key', 1), ('is_critical', 2)]], {})}, help_text='For situations and feelings.', verbose_name='replies or feelings to choose from'),
        ),
        migrations.AddField(
            model_name='item',
            name='described',
            field=models.TextField(blank=True, help_text='For those who do not see or hear it. Do not name the feeling.', verbose_name='the picture or audio in words'),
        ),
        migrations.AddField(
            model_name='item',
            name='expected',
            field=models.PositiveSmallIntegerField(blank=True, help_text='For a check of attention only: the value that the text asks for.', null=True, verbose_name='the answer to choose'),
        ),
        migrations.AddField(
            model_name='item',
            name='form',
            field=models.CharField(blank=True, choices=[('A', 'form A'), ('B', 'form B')], help_text='Empty: in both forms.', max_length=1, verbose_name='form'),
        ),
        migrations.AddField(
            model_name='item',
            name='image',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailimages.image', verbose_name='picture'),
        ),
        migrations.AddField(
            model_name='item',
            name='is_asked_looking_back',
            field=models.BooleanField(default=False, help_text='After the course, about the time before it. Six to eight in all.', verbose_name='asked again looking back'),
        ),
        migrations.AddField(
            model_name='item',
            name='kind',
            field=models.CharField(choices=[('labelled', 'statement with labelled answers'), ('rate_each', 'situation: rate each reply'), ('best_worst', 'situation: the best and the worst reply'), ('recognition', 'recognise a feeling'), ('satisfaction', 'satisfaction, 0 to 10'), ('instructed', 'check of attention: a named answer'), ('reflection', 'open question')], default='labelled', max_length=12, verbose_name='kind'),
        ),
        migrations.AddField(
            model_name='response',
            name='key',
            field=models.CharField(blank=True, max_length=40, verbose_name='key of the sending'),
        ),
        migrations.AddField(
            model_name='response',
            name='part',
            field=models.PositiveSmallIntegerField(default=0, help_text='Which reply was rated, from 0; best 0 and worst 1; else 0.', verbose_name='part'),
        ),
        migrations.AddField(
            model_name='response',
            name='text',
            field=models.TextField(blank=True, verbose_name='own words'),
        ),
        migrations.AddField(
            model_name='scale',
            name='higher_is_better',
            field=models.BooleanField(default=True, help_text='Not for hiding feelings or exhaustion.', verbose_name='more is better'),
        ),
        migrations.AddField(
            model_name='scale',
            name='role',
            field=models.CharField(choices=[('target', 'trained by the course'), ('control', 'not trained, for comparison'), ('risk', 'a burden, watched with care')], default='target', help_text='A scale that the course does not train shows what changes by itself.', max_length=8, verbose_name='place in the result'),
        ),
        migrations.AddField(
            model_name='scale',
            name='strand',
            field=models.CharField(choices=[('self_report', 'what people say of themselves'), ('judgement', 'how they judge situations'), ('satisfaction', 'satisfaction, 0 to 10')], default='self_report', max_length=12, verbose_name='kind of evidence'),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='wave',
            field=models.CharField(choices=[('pre', 'before'), ('pre_again', 'before, a second time (for those who wait)'), ('post', 'after'), ('then', 'looking back at the time before'), ('follow_up', 'some weeks later')], max_length=12, verbose_name='wave'),
        ),
        migrations.AlterField(
            model_name='instrument',
            name='options',
            field=models.JSONField(help_text='One a line, from the lowest to the highest: “0 Never”.', verbose_name='answer options'),
        ),
        migrations.AlterField(
            model_name='instrument',
            name='version',
            field=models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1)], verbose_name='version'),
        ),
        migrations.AlterField(
            model_name='item',
            name='scale_code',
            field=models.SlugField(blank=True, help_text='Empty for open questions and checks of attention.', max_length=40, verbose_name='scale'),
        ),
        migrations.AlterField(
            model_name='item',
            name='text',
            field=models.TextField(verbose_name='text'),
        ),
        migrations.AlterField(
            model_name='response',
            name='answered_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='answered'),
        ),
        migrations.AlterField(
            model_name='response',
            name='missing',
            field=models.CharField(blank=True, choices=[('cannot_say', 'hard to say'), ('not_applicable', 'there were no such conversations')], max_length=16, verbose_name='why there is no answer'),
        ),
        migrations.AddField(
            model_name='administration',
            name='assessment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='administrations', to='assessments.assessment', verbose_name='questionnaire'),
        ),
        migrations.AddField(
            model_name='administration',
            name='cohort',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='administrations', to='courses.cohort', verbose_name='cohort'),
        ),
        migrations.AddConstraint(
            model_name='administration',
            constraint=models.UniqueConstraint(fields=('assessment', 'cohort'), name='assessment_has_one_window_in_a_cohort'),
        ),
        migrations.AddConstraint(
            model_name='administration',
            constraint=models.CheckConstraint(condition=models.Q(('opens_at', None), ('closes_at', None), ('closes_at__gt', models.F('opens_at')), _connector='OR'), name='window_closes_after_it_opens', violation_error_message='The end must come after the beginning.'),
        ),
    ]
