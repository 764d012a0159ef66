from django.db import migrations


def carry_over(apps, schema_editor):
    """Providers from the templates' issuers, holders from enrolments, the audit from the states."""
    Certificate = apps.get_model("certificates", "Certificate")
    CertificateEvent = apps.get_model("certificates", "CertificateEvent")
    CertificateTemplate = apps.get_model("certificates", "CertificateTemplate")
    Provider = apps.get_model("certificates", "Provider")
    for template in CertificateTemplate.objects.all():
        provider, _created = Provider.objects.get_or_create(name=template.issuer_name)
        template.provider = provider
        template.state = "active"
        if template.kind == "honour":
            template.course = None  # from now on an honour belongs to no course
        template.save()
    actions = {"suspended": "suspended", "revoked": "revoked", "superseded": "replaced"}
    for certificate in Certificate.objects.select_related("enrollment").iterator():
        certificate.learner_id = certificate.enrollment.learner_id
        certificate.cohort_id = certificate.enrollment.cohort_id
        certificate.is_replacement = Certificate.objects.filter(superseded_by=certificate).exists()
        certificate.save(update_fields=["learner", "cohort", "is_replacement"])
        CertificateEvent.objects.create(
            certificate=certificate, action="issued", at=certificate.issued_at
        )
        if certificate.state in actions:
            CertificateEvent.objects.create(
                certificate=certificate,
                action=actions[certificate.state],
                reason=certificate.reason,
                actor_id=certificate.changed_by_id,
                at=certificate.changed_at or certificate.issued_at,
            )


def carry_back(apps, schema_editor):
    CertificateTemplate = apps.get_model("certificates", "CertificateTemplate")
    for template in CertificateTemplate.objects.select_related("provider"):
        template.issuer_name = template.provider.name
        template.save(update_fields=["issuer_name"])


class Migration(migrations.Migration):

    dependencies = [("certificates", "0002_frozen_certificates")]

    operations = [migrations.RunPython(carry_over, carry_back)]
