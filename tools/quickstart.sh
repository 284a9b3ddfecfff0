#!/usr/bin/env bash
# From a fresh clone to the batch table: installs what is missing, builds intent_cli, makes a sample log, runs the
# published experiment on it. Results are left in quickstart/.
set -euo pipefail
cd "$(dirname "$0")/.."

./tools/install_dependencies.sh
echo "-- building"
cmake --preset release -DCARTWHEEL_BUILD_TESTS=OFF -DCARTWHEEL_BUILD_BENCHMARKS=OFF -B build/quickstart >/dev/null
cmake --build build/quickstart --target intent_cli
intent_cli=build/quickstart/examples/intent_cli/intent_cli

mkdir -p quickstart
echo "-- $intent_cli generate --events 200000 --seed 7 --out quickstart/events.csv"
"$intent_cli" generate --events 200000 --seed 7 --out quickstart/events.csv
echo "-- $intent_cli run examples/intent_cli/experiment.toml quickstart/events.csv --out quickstart/result"
"$intent_cli" run examples/intent_cli/experiment.toml quickstart/events.csv --out quickstart/result
