#!/usr/bin/env bash
# Installs, with apt, what a bare Debian 12 lacks to build and test Cartwheel. Does nothing, and needs no network, where
# all of it is there.
#   --browser    also what the tests of the report page need
set -euo pipefail

packages=(
  g++ cmake ninja-build ccache git pkg-config python3 python3-dev python3-venv
  libtbb-dev libeigen3-dev libfmt-dev libfast-float-dev libxxhash-dev nlohmann-json3-dev  # the library
  libisal-dev libzstd-dev libboost-dev
  libjs-chart.js                                                                          # the report page
  libcxxopts-dev libtomlplusplus-dev                                                      # intent_cli
  libgtest-dev libgmock-dev libbenchmark-dev libmpfr-dev libgmp-dev                       # tests, benchmarks
)
if [ "${1:-}" = --browser ]; then packages+=(chromium fonts-liberation); fi  # tests of the report page
# Runs CUDA programs on the CPU, where nvcc is but no GPU.
if command -v nvcc >/dev/null; then packages+=(libboost-context-dev); fi

missing=()
for package in "${packages[@]}"; do
  dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

if ! command -v apt-get >/dev/null; then
  echo "error: these packages are needed, and there is no apt-get to install them: ${missing[*]}" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "error: run as root, or install sudo: apt-get must install ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "-- installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
