#!/usr/bin/env bash
# Brings what the tests use besides Python, where that can be done, and says what is missing.
set -uo pipefail

declare -A package=( [chromium]=chromium [qpdf]=qpdf [pdftoppm]=poppler-utils [softhsm2-util]=softhsm2 )
missing=()
for tool in "${!package[@]}"; do
  command -v "$tool" >/dev/null 2>&1 || missing+=("${package[$tool]}")
done
if [ ${#missing[@]} -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing for the tests: ${missing[*]}"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null 2>&1 || true
fi
for tool in "${!package[@]}"; do
  command -v "$tool" >/dev/null 2>&1 || echo \
    "Not here: $tool (package ${package[$tool]}). The tests that need it are skipped and listed."
done
exit 0
