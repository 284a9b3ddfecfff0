#!/usr/bin/env bash
# On a machine with a GPU: builds with CUDA, compiles the kernels for other GPUs too, runs every CUDA test, then under each tool of compute-sanitizer
# where it is installed, then the benchmarks of both devices, and writes one report. Goes on after a failure, and ends
# with how many there were.
#   tools/gpu_check.sh [REPORT]     REPORT: gpu_report.txt unless it is given
set -euo pipefail
cd "$(dirname "$0")/.."
report=$(realpath "${1:-gpu_report.txt}")

command -v nvcc >/dev/null || { echo "error: nvcc is not in PATH; install the CUDA Toolkit, 12 or newer" >&2; exit 1; }
nvidia-smi --list-gpus 2>/dev/null | grep -q "GPU 0" ||
  { echo "error: nvidia-smi shows no GPU; without one, tools/test.sh runs the CUDA tests on the CPU where it can" >&2; exit 1; }

failures=0
: >"$report"
say() { echo "$@" | tee -a "$report"; }
# Runs a command, its output going to the report too; a failure is counted.
check() {
  local title=$1
  shift
  say "== $title"
  if "$@" 2>&1 | tee -a "$report"; then say "-- ok"; else say "-- FAILED: $*"; failures=$((failures + 1)); fi
}

say "Cartwheel on a GPU, $(date --utc '+%Y-%m-%d %H:%M UTC'), commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
check "machine" nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm,clocks.max.memory,ecc.mode.current --format=csv
check "processor" bash -c "lscpu | grep -E '^(Model name|CPU\(s\)|Socket)'; nvcc --version | tail -n 2; g++ --version | head -n 1"

./tools/install_dependencies.sh
unset CARTWHEEL_CUDA_RUNNER
check "configure" cmake --preset cuda
check "build" cmake --build --preset cuda --parallel "$(nproc)"
check "kernels for sm_80, sm_90 and the newest PTX" ./tools/check_kernels.sh
check "tests on the GPU" ctest --preset cuda -L cuda --parallel 1

if command -v compute-sanitizer >/dev/null; then
  for tool in memcheck racecheck initcheck synccheck; do
    for program in build/cuda/tests/cuda/cuda_*test; do
      check "compute-sanitizer $tool, $(basename "$program")" \
        compute-sanitizer --tool "$tool" --error-exitcode 1 --print-limit 5 "$program" --gtest_brief=1
    done
  done
else
  say "== compute-sanitizer is not installed: its checks are left out"
fi

check "benchmarks of both devices" build/cuda/benchmarks/device_bench --benchmark_counters_tabular=true

say "== $failures failures; the report is in $report"
[ "$failures" -eq 0 ]
