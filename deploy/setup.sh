#!/usr/bin/env bash
# Makes .venv and frontend/node_modules from the lock files. Does nothing where they are current.
set -euo pipefail
cd "$(dirname "$0")/.."

requirements=deploy/requirements-dev.txt
stamp=.venv/.berezhno-stamp
wanted=$(cat deploy/requirements-uv.txt "$requirements" frontend/package-lock.json | sha256sum)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exit 0; fi

python=${PYTHON_BIN:-}
if [ -z "$python" ]; then
  for candidate in python3.11 python3.12 python3.13 python3; do
    if command -v "$candidate" >/dev/null 2>&1; then python=$candidate; break; fi
  done
fi
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Python 3.11 or later is needed." >&2; exit 1; }

if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq && apt-get install -y -qq "python$version-venv"
  else
    echo "The venv module is missing: install python$version-venv, then run this again." >&2; exit 1
  fi
fi

echo "Setting up .venv …"
[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
  -r deploy/requirements-uv.txt
# Compiled once here: every process that follows starts some seconds sooner.
.venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes --compile-bytecode \
  -r "$requirements"

echo "Setting up fonts, icons and page checks …"
# The Node of the PyPI wheel; it comes first so that an older Node of the machine does not matter.
(cd frontend && PATH="$PWD/../.venv/bin:$PATH" npm ci --silent --no-audit --no-fund)

echo "$wanted" > "$stamp"
