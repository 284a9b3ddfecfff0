#!/usr/bin/env bash
# Plants each fault of this folder in the kernels, shows that a test fails because of it, and takes it out again.
#   tests/cuda/faults/show_faults.sh BUILD      BUILD: a configured cuda or cuda-on-cpu build
# The first line of a patch names the test program that must fail. Under a runner the tests are run with several orders
# of threads (PTXCPU_SEED), because a race may hide in one.
set -euo pipefail
cd "$(dirname "$0")/../../.."
build=${1:?usage: tests/cuda/faults/show_faults.sh BUILD}
runner=$(sed -n 's/^CARTWHEEL_CUDA_RUNNER:[A-Z]*=//p' "$build/CMakeCache.txt")
log=$(mktemp)
planted=""
clean() {
  if [ -n "$planted" ]; then git apply --reverse "$planted"; fi
  rm -f "$log"
}
trap clean EXIT

missed=0
for patch in tests/cuda/faults/*.patch; do
  program=$(head -n 1 "$patch")
  git apply "$patch"
  planted=$patch
  cmake --build "$build" --target "$program" >"$log" 2>&1 || { cat "$log"; exit 1; }
  shown=""
  for seed in 1 2 3 4 5; do
    if ! PTXCPU_SEED=$seed $runner "$build/tests/cuda/$program" --gtest_brief=1 >"$log" 2>&1; then shown=$seed && break; fi
  done
  if [ -n "$shown" ]; then
    echo "== $(basename "$patch" .patch): $program fails (seed $shown)"
    grep -m 4 -E "Failure|FAILED|out of bounds|error|differs" "$log" || tail -n 4 "$log"
  else
    echo "== $(basename "$patch" .patch): $program did NOT fail"
    missed=$((missed + 1))
  fi
  git apply --reverse "$patch"
  planted=""
done
echo "== $missed faults were missed; build again before you use $build"
[ "$missed" -eq 0 ]
