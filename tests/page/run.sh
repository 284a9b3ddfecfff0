#!/usr/bin/env bash
# Tests the report page in the system's Chromium: run.sh INTENT_CLI ENVIRONMENT. Exit code 77, and a word about it, where
# the browser or the packages of requirements.txt are not to be had.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ]; then
  echo "SKIPPED: the report page is not tested, because there is no Chromium; tools/install_dependencies.sh --browser installs it"
  exit 77
fi
if ! python=$("$folder/../../tools/python_environment.sh" "$folder/requirements.txt" "$2"); then
  echo "SKIPPED: the report page is not tested, because the packages of tests/page/requirements.txt cannot be installed"
  exit 77
fi
exec "$python" "$folder/page_test.py" "$1" "$browser"
