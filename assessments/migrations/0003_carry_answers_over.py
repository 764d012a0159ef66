"""Answers kept as JSON become compact vectors; the waves and the roles of scales are written down."""

from django.db import migrations

CANNOT_SAY = 255
HIGHEST = 250


def carry_over(apps, schema_editor):
    Attempt = apps.get_model("assessments", "Attempt")
    Scale = apps.get_model("assessments", "Scale")
    ScaleScore = apps.get_model("assessments", "ScaleScore")
    Scale.objects.filter(is_target=False).update(role="control")
    batch = []
    for attempt in Attempt.objects.select_related("assessment").iterator(chunk_size=500):
        attempt.wave = attempt.assessment.wave
        if attempt.submitted_at is not None:
            attempt.vector = bytes(
                CANNOT_SAY if value is None else value for value in attempt.answers or []
            )
            means = list(
                ScaleScore.objects.filter(attempt=attempt, scale__is_target=True).values_list(
                    "mean", flat=True
                )
            )
            if means and None not in means:
                attempt.self_report = sum(means) / len(means)
        batch.append(attempt)
        if len(batch) == 500:
            _save(Attempt, batch)
            batch = []
    _save(Attempt, batch)


def _save(Attempt, batch):
    Attempt.objects.bulk_update(batch, ["wave", "vector", "self_report"])


def carry_back(apps, schema_editor):
    Attempt = apps.get_model("assessments", "Attempt")
    Scale = apps.get_model("assessments", "Scale")
    Scale.objects.exclude(role="target").update(is_target=False)
    # The older release knows neither later parts of an answer, nor words, nor erased attempts.
    apps.get_model("assessments", "Response").objects.exclude(part=0, text="").delete()
    Attempt.objects.filter(erased_at__isnull=False).delete()
    for attempt in Attempt.objects.filter(submitted_at__isnull=False).iterator(chunk_size=500):
        attempt.answers = [None if code > HIGHEST else code for code in bytes(attempt.vector)]
        attempt.save(update_fields=["answers"])


class Migration(migrations.Migration):
    dependencies = [("assessments", "0002_kinds_waves_and_forms")]

    operations = [migrations.RunPython(carry_over, carry_back)]
