#!/usr/bin/env python3
"""Checks that files include only what their place in the tree allows.

usage: check_structure.py [ROOT]     ROOT is the repository, by default the one that holds this file

- An area in src/ or cuda/ includes from itself and from the areas above it, in the order of src/CMakeLists.txt.
- A public header includes other public headers and the standard library: users need nothing else. cartwheel.h is C.
- A public header's namespace is visible to users of a shared library.
- The library writes to no stream of the program.
- CUDA headers are included under cuda/ and tests/cuda/ alone.

Prints each offence as FILE:LINE: what is wrong; what to do. Exit code 1 if there is any.
"""

import pathlib
import re
import sys

SOURCE_SUFFIXES = {".hpp", ".cpp", ".h", ".cu", ".cuh"}
SOURCE_FOLDERS = ["include", "src", "cuda", "examples", "benchmarks", "tests"]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
STREAM = re.compile(r"\bstd::(cout|cerr|clog)\b|\b(v?f?printf|f?puts|f?putc|putchar|perror)\s*\(")
CUDA_HEADER = re.compile(
    r"(cuda|cub/|thrust/|cooperative_groups|nv/target|nvtx3/|cublas|cusparse|cusolver|curand|nvrtc|"
    r"device_launch_parameters|vector_types|vector_functions)|.*\.cuh$")


def area_order(root):
    """The areas, as src/CMakeLists.txt lists them: foreach(area core data ...)."""
    found = re.search(r"foreach\(area ([a-z_ ]+)\)", (root / "src/CMakeLists.txt").read_text())
    if not found:
        sys.exit(f"{root}/src/CMakeLists.txt: no 'foreach(area ...)' that lists the areas in their order")
    return found.group(1).split()


def includes(path):
    """(line number, whether in quotes, what) of each include."""
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        found = INCLUDE.match(line)
        if found:
            yield number, found.group(1) == '"', found.group(2)


def offences_of_area(place, quoted, header, areas):
    """Of a file in src/AREA/ or cuda/AREA/; `place` is its path from the root."""
    area = place.parts[1]
    if not quoted:
        return
    other = header.split("/")[0]
    if other not in areas:
        yield f'"{header}" is in no area; include private headers as "AREA/NAME.hpp"'
    elif areas.index(other) > areas.index(area):
        yield (f"{area} includes \"{header}\", but {other} comes after {area}; "
               f"move what is shared to {area} or above it, or call it from {other}")


def offences_of_public_header(place, quoted, header):
    of_language = r"std(def|int)\.h" if place.suffix == ".h" else r"[a-z_0-9]+"
    if quoted:
        yield f'a public header includes the private "{header}"; declare what is needed, and include it in the .cpp'
    elif not header.startswith("cartwheel/") and not re.fullmatch(of_language, header):
        yield (f"a public header includes <{header}>, which users would need too; "
               "hide it behind a pointer, and include it in the .cpp")


def offences(root):
    """(file, line, text) of each offence, in order."""
    areas = area_order(root)
    files = sorted(path for folder in SOURCE_FOLDERS for path in (root / folder).rglob("*")
                   if path.suffix in SOURCE_SUFFIXES)
    for path in files:
        place = path.relative_to(root)
        in_area = place.parts[0] in ("src", "cuda") and len(place.parts) > 2
        if in_area and place.parts[1] not in areas:
            yield place, 1, f"{place.parts[1]} is no area; list it in the order of src/CMakeLists.txt"
            continue
        takes_cuda = place.parts[0] == "cuda" or place.parts[:2] == ("tests", "cuda")
        for line, quoted, header in includes(path):
            texts = []
            if in_area:
                texts += offences_of_area(place, quoted, header, areas)
            if place.parts[0] == "include":
                texts += offences_of_public_header(place, quoted, header)
            if not takes_cuda and CUDA_HEADER.match(header):
                texts.append(f"includes the CUDA header {header}; only files in cuda/ and tests/cuda/ may")
            for text in texts:
                yield place, line, text
        if place.parts[0] in ("include", "src", "cuda"):
            for line, text in enumerate(path.read_text(errors="replace").splitlines(), 1):
                if place.parts[0] == "include" and re.match(r"namespace cartwheel\b", text):
                    yield place, line, ('a shared library hides what this namespace declares; write '
                                        'namespace [[gnu::visibility("default")]] cartwheel')
                if STREAM.search(text.split("//")[0]):
                    yield place, line, "the library writes to a stream of the program; give the text back, or add to the Account"


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    found = list(offences(root))
    for place, line, text in found:
        print(f"{place}:{line}: {text}")
    if found:
        print(f"{len(found)} offences", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
