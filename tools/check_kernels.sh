#!/usr/bin/env bash
# Compiles every file of cuda/ for sm_80, sm_90 and the newest PTX that nvcc knows, warnings as errors, and prints what
# each kernel takes on sm_90 as the rows of a Markdown table. Needs no GPU.
#   tools/check_kernels.sh [FILE.cu...]     all files of cuda/ unless some are given
set -euo pipefail
cd "$(dirname "$0")/.."
files=("$@")
[ ${#files[@]} -gt 0 ] || mapfile -t files < <(find cuda -name '*.cu' | sort)
newest=$(nvcc --list-gpu-arch | tail -n 1)
flags=(-std=c++20 -O3 -fmad=false -Werror=all-warnings -Xcompiler=-Wall,-Wextra,-Werror -Iinclude -Isrc -Icuda)
log=$(mktemp)
trap 'rm -f "$log"' EXIT

echo "| file in cuda/ | kernel | registers | shared memory, bytes | stack, bytes | spilled, bytes |"
echo "|---|---|---|---|---|---|"
for file in "${files[@]}"; do
  nvcc "${flags[@]}" -arch=sm_80 -cubin -o /dev/null "$file"
  nvcc "${flags[@]}" -arch="$newest" -ptx -o /dev/null "$file"
  nvcc "${flags[@]}" -arch=sm_90 -cubin -Xptxas -v -o /dev/null "$file" 2>"$log" || { cat "$log" >&2; exit 1; }
  c++filt <"$log" | awk -v file="${file#cuda/}" '
    /Compiling entry function/ {
      name = $0; sub(/^[^\x27]*\x27/, "", name); sub(/\x27 for .*/, "", name)
      sub(/^void /, "", name); gsub(/\(anonymous namespace\)::/, "", name); gsub(/cartwheel::[a-z0-9]*::/, "", name)
      if (name ~ /^cub::/) { sub(/^.*detail::[a-z_]*::/, "", name); name = "CUB " name; sub(/[<(].*/, "", name) }
      gsub(/unsigned long/, "u64", name); gsub(/unsigned char/, "u8", name); gsub(/unsigned int/, "u32", name)
      sub(/\(.*/, "", name)
    }
    /bytes stack frame/ { stack = $1; spilled = 0; for (i = 1; i < NF; ++i) if ($(i + 1) == "bytes" && $(i + 2) == "spill") spilled += $i }
    /Used [0-9]+ registers/ {
      match($0, /Used [0-9]+/); registers = substr($0, RSTART + 5, RLENGTH - 5)
      shared = match($0, /[0-9]+ bytes smem/) ? substr($0, RSTART, RLENGTH - 11) : 0
      printf "| %s | `%s` | %s | %s | %s | %s |\n", file, name, registers, shared, stack, spilled
    }'
done
