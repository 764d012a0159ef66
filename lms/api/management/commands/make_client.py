import json
import shutil
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

NAME = "berezhno-api-client"


class Command(BaseCommand):
    help = "Generate the Python client of the API from its description, and pack it as a wheel."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="where the client and its wheel go")
        parser.add_argument("--skip-wheel", action="store_true", help="only generate the source")

    def handle(self, *args, folder, skip_wheel, **options):
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        with translation.override("en"):
            description = SchemaGenerator().get_schema(request=None, public=True)
        source = folder / "openapi.json"
        source.write_text(json.dumps(description, ensure_ascii=False, default=str), "utf-8")
        self._run(
            self._program("openapi-python-client"),
            "generate",
            "--path",
            str(source),
            "--config",
            str(settings.BASE_DIR / "deploy" / "client.yaml"),
            "--meta",
            "setup",
            "--output-path",
            str(folder / NAME),
            "--overwrite",
        )
        if not skip_wheel:
            # Setuptools of its own: this environment's may be too old for wheels.
            uv = self._program("uv")
            self._run(uv, "build", "--wheel", "--out-dir", str(folder), str(folder / NAME))
            self.stdout.write(f"{next(folder.glob('*.whl'))}")

    def _program(self, name: str) -> str:
        """A program of the same environment."""
        found = shutil.which(name, path=str(Path(sys.executable).parent))
        if found is None:
            raise CommandError(f"{name} is missing: it comes with the developer's requirements.")
        return found

    def _run(self, *command: str) -> None:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise CommandError(done.stderr or done.stdout)
