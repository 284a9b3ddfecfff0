#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test: the thread tests under ThreadSanitizer, all tests under
# AddressSanitizer and UndefinedBehaviorSanitizer, then all tests of the release build, with CUDA where nvcc is.
#   --release-only     leaves the sanitizers out
#   --without-python   leaves the Python package out; else what it is built and tested with comes from PyPI
set -euo pipefail
cd "$(dirname "$0")/.."

release_only=false
python=true
for argument in "$@"; do
  case "$argument" in
    --release-only) release_only=true ;;
    --without-python) python=false ;;
    *) echo "usage: tools/test.sh [--release-only] [--without-python]" >&2; exit 2 ;;
  esac
done

./tools/install_dependencies.sh --browser
if $python; then
  ./tools/python_environment.sh python/requirements.txt build/python/package >/dev/null
else
  echo "== the Python package is NOT tested"
fi
jobs=$(nproc)

build_and_test() {
  echo "== $1: build"
  cmake --preset "$1" >/dev/null
  cmake --build --preset "$1" --parallel "$jobs"
  echo "== $1: test"
  ctest --preset "$1" --parallel "$jobs" --quiet --output-log "build/$1/test.log" || {
    cat "build/$1/test.log"
    exit 1
  }
  tail -n 40 "build/$1/test.log" | sed -n '/tests passed/,$p'
}

if ! $release_only; then
  build_and_test tsan
  build_and_test asan-ubsan
fi

# The release build comes last, so that the output ends with its summary.
preset=release
if command -v nvcc >/dev/null; then
  preset=cuda
  # Without a GPU, CUDA programs run on the CPU where a runner is at hand.
  if ! nvidia-smi --list-gpus 2>/dev/null | grep -q "GPU 0"; then
    runner=$PWD/../shared/cuda_on_cpu/run
    if [ -z "${CARTWHEEL_CUDA_RUNNER:-}" ] && [ -x "$runner" ]; then export CARTWHEEL_CUDA_RUNNER=$runner; fi
    if [ -n "${CARTWHEEL_CUDA_RUNNER:-}" ]; then preset=cuda-on-cpu; fi
  fi
fi
echo "== $preset: build"
cmake --preset "$preset" -DCARTWHEEL_BUILD_PYTHON="$python" >/dev/null
cmake --build --preset "$preset" --parallel "$jobs"
echo "== $preset: test"
ctest --preset "$preset" --parallel "$jobs"
