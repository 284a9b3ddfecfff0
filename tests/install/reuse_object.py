#!/usr/bin/env python3
"""A compiler launcher for projects that embed the library: takes an object from the library's own build, if it was made there
by the same command, and compiles what was not. It is copied to tests/install of that build, which is how it finds it.

usage: reuse_object.py COMPILER ARGUMENTS...
"""

import json
import os
import pathlib
import re
import shlex
import shutil
import sys

BUILD = pathlib.Path(__file__).resolve().parents[2]
# Where CMake puts the object of a source beside the library's folder of CMakeLists.txt: as /__/ or, in a subproject, by the
# whole path of the source tree.
SOURCE_TREE = re.search(r"^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$", (BUILD / "CMakeCache.txt").read_text(), re.MULTILINE)[1]
OBJECT = re.compile(r"(?:.*/)?((?:src|python)/CMakeFiles/\S+\.dir/.+)")  # by its place in the library's build


def plain(command):
    """The words of a command, without a launcher, and without the folder that the library is built in."""
    words = [w.replace(f".dir{SOURCE_TREE}/", ".dir/__/") for w in command if not w.endswith("ccache")]
    return [found[1] if (found := OBJECT.fullmatch(word)) and not word.startswith("/") else word for word in words]


def object_of(command):
    """The object of the library's build that `command` would make again, if there is one."""
    words = plain(command)
    name = words[words.index("-o") + 1] if "-o" in words else ""
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        if f" -o {name} " in entry["command"] + " " and (BUILD / name).exists():
            ours, skip = [], False
            for word in words:  # a compilation database leaves out what is written about dependencies
                if skip or word in ("-MD", "-MT", "-MF"):
                    skip = word in ("-MT", "-MF")
                else:
                    ours.append(word)
            return BUILD / name if ours == plain(shlex.split(entry["command"])) else None
    return None


def main():
    command = sys.argv[1:]
    found = object_of(command)
    if found is None:
        os.execvp(command[0], command)
    target = command[command.index("-o") + 1]
    shutil.copyfile(found, target)
    if "-MF" in command:  # made anew when the library's object is
        pathlib.Path(command[command.index("-MF") + 1]).write_text(f"{target}: {found}\n")


if __name__ == "__main__":
    main()
