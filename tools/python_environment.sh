#!/usr/bin/env bash
# Makes a Python virtual environment that holds what a requirements file asks for, and prints the path of its python.
# Does nothing, and needs no network, where it is up to date: it is keyed by the hash of the requirements.
#   tools/python_environment.sh REQUIREMENTS FOLDER     FOLDER is made anew when the requirements have changed
set -euo pipefail

[ $# -eq 2 ] || { echo "usage: tools/python_environment.sh REQUIREMENTS FOLDER" >&2; exit 2; }
requirements=$1
folder=$2
python=$folder/bin/python
key=$({ cat "$requirements"; python3 --version; } | sha256sum | cut -d ' ' -f 1)

mkdir -p "$(dirname "$folder")"
exec 9>"$folder.lock"
flock 9  # two builds may ask for the same one at a time
if [ "$(cat "$folder/requirements.sha256" 2>/dev/null)" != "$key" ] || ! "$python" -c '' 2>/dev/null; then
  echo "-- installing $(basename "$(dirname "$requirements")")/$(basename "$requirements") into $folder" >&2
  rm -rf "$folder"
  python3 -m venv "$folder"
  "$python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" >&2
  echo "$key" >"$folder/requirements.sha256"
fi
echo "$python"
