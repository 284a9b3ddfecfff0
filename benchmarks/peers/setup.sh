#!/usr/bin/env bash
# Makes .venv-peers/ in the repository's root with the pinned peers, and builds Cartwheel's side of the comparison.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

[ -x .venv-peers/bin/python ] || python3 -m venv .venv-peers
.venv-peers/bin/pip install --quiet -r benchmarks/peers/requirements.txt
cmake --preset release
cmake --build --preset release --target cartwheel_job intent_cli
