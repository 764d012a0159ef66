from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0003_carry_answers_over'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='attempt',
            name='answers',
        ),
        migrations.RemoveField(
            model_name='scale',
            name='is_target',
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(condition=models.Q(('erased_at__isnull', True), ('submitted_at__isnull', False)), fields=['instrument', 'wave', 'enrollment'], name='submitted_attempts_of_a_wave'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(('wave__in', ['pre', 'pre_again', 'post', 'then', 'follow_up'])), name='assessment_wave_is_known'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('erased_at__isnull', True), ('submitted_at__isnull', True), ('vector__isnull', True)), models.Q(('erased_at__isnull', True), ('submitted_at__isnull', False), ('vector__isnull', False)), models.Q(('erased_at__isnull', False), ('submitted_at__isnull', False), ('vector__isnull', True)), _connector='OR'), name='submitted_attempt_keeps_its_answers_until_erased'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(('wave__in', ['pre', 'pre_again', 'post', 'then', 'follow_up'])), name='attempt_wave_is_known'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(('form__in', ['', 'A', 'B'])), name='attempt_is_of_form_a_b_or_the_only_one'),
        ),
        migrations.AddConstraint(
            model_name='instrument',
            constraint=models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='instrument_versions_count_from_one'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['labelled', 'rate_each', 'best_worst', 'recognition', 'satisfaction', 'instructed', 'reflection'])), name='item_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('form__in', ['', 'A', 'B'])), name='item_is_of_form_a_b_or_both'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('expected__isnull', False), ('kind', 'instructed')), models.Q(models.Q(('kind', 'instructed'), _negated=True), ('expected__isnull', True)), _connector='OR'), name='only_a_check_of_attention_expects_an_answer'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'labelled'), models.Q(('is_asked_looking_back', False), ('is_reversed', False)), _connector='OR'), name='only_a_labelled_item_is_reversed_or_asked_again'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['instructed', 'reflection']), ('scale_code', '')), models.Q(models.Q(('kind__in', ['instructed', 'reflection']), _negated=True), models.Q(('scale_code', ''), _negated=True)), _connector='OR'), name='item_has_a_scale_exactly_when_it_is_scored'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('audio__isnull', True), ('image__isnull', True)), models.Q(('described', ''), _negated=True), _connector='OR'), name='picture_and_audio_are_described'),
        ),
        migrations.AddConstraint(
            model_name='response',
            constraint=models.UniqueConstraint(fields=('attempt', 'item', 'part'), name='item_is_answered_once_in_an_attempt'),
        ),
        migrations.AddConstraint(
            model_name='response',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('missing', ''), ('text', ''), ('value__isnull', False)), models.Q(('text', ''), ('value__isnull', True), models.Q(('missing', ''), _negated=True)), models.Q(('missing', ''), ('value__isnull', True), models.Q(('text', ''), _negated=True)), _connector='OR'), name='answer_is_a_value_words_or_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='scale',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['target', 'control', 'risk'])), name='scale_is_target_control_or_risk'),
        ),
        migrations.AddConstraint(
            model_name='scale',
            constraint=models.CheckConstraint(condition=models.Q(('strand__in', ['self_report', 'judgement', 'satisfaction'])), name='scale_strand_is_known'),
        ),
    ]
