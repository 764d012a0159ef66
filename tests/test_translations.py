from django.conf import settings

from lms.translations import broken_placeholders, missing_texts


def test_every_text_has_its_russian_translation():
    missing = [
        f"{found.source.relative_to(settings.BASE_DIR)}:{found.line}: {found.text[1]!r}"
        for found in missing_texts(settings.BASE_DIR)
    ]
    assert not missing, "\n".join(missing)


def test_translations_keep_the_placeholders_of_their_text():
    assert not broken_placeholders(settings.BASE_DIR)
