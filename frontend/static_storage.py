"""Static files under names that change with their content, so that they are cached for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports between our own ES modules, which have no bundler to do it.

    Django can do so for every script, but some packages ship modules whose imports only their
    own bundler resolves; so its patterns are applied to ``js/`` alone.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]),
    )
