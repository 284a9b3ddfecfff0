"""Tests of tools/check_structure.py on a made-up tree: every rule is broken once, and a clean tree passes."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECKER = pathlib.Path(__file__).resolve().parents[2] / "tools/check_structure.py"

CLEAN = {
    "src/CMakeLists.txt": "foreach(area core data linear)\nendforeach()\n",
    "src/core/a.hpp": "#pragma once\n#include <vector>\n",
    "src/data/b.cpp": '#include <cartwheel/b.hpp>\n#include <fmt/format.h>\n#include "core/a.hpp"\n#include "data/b.hpp"\n',
    "src/data/b.hpp": "",
    "cuda/data/b.cu": '#include <cuda_runtime.h>\n#include <cub/cub.cuh>\n#include "data/b.hpp"\n',
    "tests/cuda/b_test.cu": '#include <cuda_runtime.h>\n#include "cuda/kernel.cuh"\n',
    "tests/data/b_test.cpp": '#include "support/anything.hpp"\n',
    "include/cartwheel/b.hpp": "#include <cartwheel/c.hpp>\n#include <string_view>\n",
}


def check(changes):
    """The checker's exit code and the lines it prints, for the clean tree with some files changed."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (CLEAN | changes).items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        run = subprocess.run([sys.executable, CHECKER, folder], capture_output=True, text=True, check=False)
        return run.returncode, run.stdout.splitlines() or run.stderr.splitlines()


class CheckStructure(unittest.TestCase):
    def assert_one_offence(self, changes, where, what):
        code, lines = check(changes)
        self.assertEqual((code, len(lines)), (1, 1), lines)
        self.assertTrue(lines[0].startswith(where + ": "), lines)
        self.assertIn(what, lines[0])

    def test_a_clean_tree_passes(self):
        self.assertEqual(check({}), (0, []))

    def test_an_area_must_not_use_a_later_one(self):
        self.assert_one_offence({"src/data/d.hpp": '#pragma once\n\n#  include "linear/x.hpp"\n'}, "src/data/d.hpp:3",
                                "linear comes after data")

    def test_the_order_holds_in_cuda_too(self):
        self.assert_one_offence({"cuda/core/a.cu": '#include "data/b.hpp"\n'}, "cuda/core/a.cu:1",
                                "data comes after core")

    def test_private_headers_are_named_with_their_area(self):
        for header in ("b.hpp", "../core/a.hpp", "support/x.hpp"):
            self.assert_one_offence({"src/data/d.cpp": f'#include "{header}"\n'}, "src/data/d.cpp:1",
                                    "is in no area")

    def test_every_area_has_its_place_in_the_order(self):
        self.assert_one_offence({"src/extra/e.cpp": ""}, "src/extra/e.cpp:1", "extra is no area")

    def test_a_public_header_includes_no_private_one(self):
        self.assert_one_offence({"include/cartwheel/p.hpp": '\n#include "core/a.hpp"\n'}, "include/cartwheel/p.hpp:2",
                                "declare what is needed")

    def test_a_public_header_needs_no_other_library(self):
        for header in ("fmt/format.h", "Eigen/Core", "stdint.h", "core/a.hpp"):
            self.assert_one_offence({"include/cartwheel/p.hpp": f"#include <{header}>\n"}, "include/cartwheel/p.hpp:1",
                                    "users would need too")

    def test_a_header_of_c_takes_headers_of_c(self):
        self.assertEqual(check({"include/cartwheel.h": "#include <stddef.h>\n#include <stdint.h>\n"}), (0, []))
        for header in ("vector", "cartwheel_b.h", "stdio.h"):
            self.assert_one_offence({"include/cartwheel.h": f"#include <{header}>\n"}, "include/cartwheel.h:1",
                                    "users would need too")

    def test_a_public_namespace_is_visible(self):
        self.assert_one_offence({"include/cartwheel/p.hpp": "\nnamespace cartwheel {\n}\n"}, "include/cartwheel/p.hpp:2",
                                "shared library hides")
        visible = 'namespace [[gnu::visibility("default")]] cartwheel {\n}\n'
        self.assertEqual(check({"include/cartwheel/p.hpp": visible}), (0, []))

    def test_the_library_is_silent(self):
        for line in ('std::cerr << "x";', 'printf("x");', 'fputs("x", stderr);', "std::perror (nullptr);"):
            self.assert_one_offence({"src/data/d.cpp": f"\n{line}\n"}, "src/data/d.cpp:2", "writes to a stream")
        self.assertEqual(check({"src/data/d.cpp": 'snprintf(a, 2, "x");  // as printf(...) would\n'}), (0, []))

    def test_cuda_headers_stay_in_the_cuda_folders(self):
        for header in ("<cuda_runtime.h>", "<cuda/std/span>", "<cub/block/block_scan.cuh>", "<thrust/sort.h>",
                       "<cooperative_groups.h>"):
            for file in ("src/data/d.cpp", "tests/data/d_test.cpp", "examples/e.cpp", "benchmarks/b.cpp"):
                self.assert_one_offence({file: f"#include {header}\n"}, f"{file}:1", "includes the CUDA header")

    def test_an_order_that_cannot_be_read_is_an_error(self):
        code, lines = check({"src/CMakeLists.txt": "add_library(x)\n"})
        self.assertEqual(code, 1)
        self.assertIn("foreach(area", lines[0])


if __name__ == "__main__":
    unittest.main()
