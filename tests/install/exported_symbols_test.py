"""Checks what a shared libcartwheel exports: the functions of cartwheel.h, and names of namespace cartwheel that its public
headers declare; nothing of an area's own namespace, and nothing of other libraries.

usage: exported_symbols_test.py ROOT LIBRARY
"""

import pathlib
import re
import subprocess
import sys

# Column, which users have too, takes its memory from these.
SHARED_WITH_HEADERS = {"cartwheel::core::allocate_zeros", "cartwheel::core::free_zeros"}

# GCC 12 does not hide functions with target_clones, nor what chooses among their copies.
RESOLVER = " [clone .resolver]"


def exported(library):
    lines = subprocess.run(["nm", "--dynamic", "--defined-only", "--demangle", library], check=True, capture_output=True,
                           text=True).stdout.splitlines()
    return [line.split(" ", 2)[2] for line in lines]


def areas(root):
    return re.search(r"foreach\(area ([a-z_ ]+)\)", (root / "src/CMakeLists.txt").read_text()).group(1).split()


def main():
    root = pathlib.Path(sys.argv[1])
    names = exported(sys.argv[2])
    in_header = set(re.findall(r"CARTWHEEL_C_API [^;(]*?\b(cartwheel_\w+)\(", (root / "include/cartwheel.h").read_text()))
    of_c = {name for name in names if name.startswith("cartwheel_")}
    private = re.compile(rf"(\w+ )*(for )?cartwheel::({'|'.join(areas(root))})::")
    public = re.compile(r"((vtable|typeinfo|typeinfo name) for )?cartwheel::")
    errors = [f"cartwheel.h declares {name}, but it is not exported" for name in sorted(in_header - of_c)]
    errors += [f"{name} is exported, but not in cartwheel.h" for name in sorted(of_c - in_header)]
    dispatched = {name.removesuffix(RESOLVER) for name in names if name.endswith(RESOLVER)}
    for name in set(names) - of_c:
        if name.removesuffix(RESOLVER) in dispatched:
            continue
        if private.match(name) and name.split("(")[0] not in SHARED_WITH_HEADERS:
            errors.append(f"{name} is private, but exported")
        elif not public.match(name):
            errors.append(f"{name} is not of namespace cartwheel, but exported")
    if not in_header or "cartwheel::version()" not in names:
        errors.append("what must be exported is not found")
    print(*errors, f"{len(names)} names, {len(errors)} errors", sep="\n")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
