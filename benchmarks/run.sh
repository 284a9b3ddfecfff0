#!/usr/bin/env bash
# Builds and runs the benchmarks, and writes one JSON and one Markdown report with pictures.
#   --quick    the smaller sizes, a short time each: some minutes
#   --cuda     builds with CUDA, and compares the CPU with the GPU
#   --peers    also compares with other systems (makes .venv-peers, which needs the network once)
#   --out DIR  where report.json, report.md and pictures go (default: build/benchmark-report)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

quick=false cuda=false peers=false out=build/benchmark-report
while [ $# -gt 0 ]; do
  case "$1" in
    --quick) quick=true ;;
    --cuda) cuda=true ;;
    --peers) peers=true ;;
    --out) out=${2:?"--out needs a folder"}; shift ;;
    *) echo "usage: benchmarks/run.sh [--quick] [--cuda] [--peers] [--out DIR]" >&2; exit 2 ;;
  esac
  shift
done

preset=release
if $cuda; then preset=cuda; fi
cmake --preset "$preset" >/dev/null
cmake --build --preset "$preset"
build=build/$preset

rm -rf "$out/programs" "$out/peers"
mkdir -p "$out/programs" "$out/peers"
options=(--benchmark_repetitions=5 --benchmark_min_time=0.2)
if $quick; then options=(--benchmark_repetitions=3 --benchmark_min_time=0.05 "--benchmark_filter=-(^long_|rows:1000000|events:10000000|/columns:500/)"); fi
for program in "$build"/benchmarks/*_bench; do
  name=$(basename "$program")
  if [ "$name" = serve_bench ]; then continue; fi  # it needs a model, and a core for its clients: docs/server.md
  echo "== $name" >&2
  "$program" "${options[@]}" --benchmark_out="$out/programs/$name.json" --benchmark_out_format=json >&2 ||
    echo "$name stopped with exit code $?" >"$out/programs/$name.failed"
done

if $peers; then
  benchmarks/peers/setup.sh >&2
  # stage, and how to make it small
  while read -r stage small; do
    arguments=(--build "$build" --json "$out/peers/$stage.json")
    if $quick; then
      read -ra smaller <<<"$small"
      arguments+=(--rounds 3 "${smaller[@]}")
    fi
    echo "== $stage" >&2
    .venv-peers/bin/python "benchmarks/peers/$stage.py" "${arguments[@]}" >&2 ||
      echo "$stage.py stopped with exit code $?" >"$out/peers/$stage.failed"
  done <<'STAGES'
ingest --events 400000
sessions --events 874000
forest --cases store generated --limit 20
linear --sizes 10000x38
bayes --rows 100000
grid --events 100000 --rounds 1 --threads 2
experiment --events 100000 --rounds 1 --threads 2
STAGES
fi

python=$(tools/python_environment.sh benchmarks/requirements.txt build/python/benchmarks)
"$python" benchmarks/collect.py "$out"
"$python" benchmarks/report.py "$out/report.json" --out "$out/report.md"
echo "written: $out/report.json, $out/report.md"
