#!/usr/bin/env bash
# Style, types, import directions, templates, migrations, deployment checks. Runs all, then fails.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
failed=()
check() { # name, command…
  local name=$1 output; shift
  if output=$("$@" 2>&1); then echo "ok      $name"
  else echo "FAILED  $name"; printf '%s\n' "$output"; failed+=("$name"); fi
}
production() {
  env SECRET_KEY=only-to-check-the-settings-0123456789-abcdefghijklmnop-XYZ \
    DATABASE_URL=postgres://localhost/berezhno CELERY_BROKER_URL=redis://localhost:6379/1 \
    PUBLIC_URL=https://berezhno.example.org \
    ALLOWED_HOSTS=berezhno.example.org "$@"
}

check "ruff check" ruff check .
check "ruff format" ruff format --check .
check "import directions" lint-imports
check "types" mypy
check "templates" djlint frontend/templates --lint --quiet
check "JavaScript types" node frontend/node_modules/typescript/bin/tsc -p frontend/jsconfig.json
check "migrations" python manage.py makemigrations --check --dry-run
check "deployment settings" production python manage.py check --deploy --fail-level WARNING
if [ ${#failed[@]} -gt 0 ]; then printf '\nFailed: %s\n' "${failed[*]}"; exit 1; fi
