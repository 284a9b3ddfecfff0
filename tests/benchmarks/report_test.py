"""Tests of benchmarks/collect.py, compare.py and report.py on made-up results."""
import copy
import json
import pathlib
import re
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
BENCHMARKS = pathlib.Path(__file__).resolve().parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
import collect  # noqa: E402
import compare  # noqa: E402
import report  # noqa: E402


def repetition(name, milliseconds, **more):
    return {"name": name, "run_type": "iteration", "iterations": 3, "real_time": milliseconds, "cpu_time": milliseconds,
            "time_unit": "ms", **more}


def google_report(runs):
    return {"context": {"limit copy": "9 GB/s", "num_cpus": 2}, "benchmarks": runs}


def made_report(seconds):
    """A report with these benchmarks: {name: seconds of the repetitions}."""
    entries = [{"name": name, "arguments": collect.arguments_of(name), "seconds": values, "counters": {}}
               for name, values in seconds.items()]
    return {"date": "2026-01-01", "commit": "abc", "machine": {"cpu": "x", "cores": 2, "memory_bytes": 2**34, "compiler": "c++"},
            "programs": [{"program": "device_bench", "limits": {}, "benchmarks": entries}], "peers": [], "failed": []}


class Collecting(unittest.TestCase):
    def test_repetitions_of_a_benchmark_are_one_entry_and_aggregates_are_left_out(self):
        runs = [repetition("fit/rows:10/real_time", 3.0, rate=5.0), repetition("fit/rows:10/real_time", 1.0, rate=7.0),
                {**repetition("fit/rows:10/real_time_mean", 2.0), "run_type": "aggregate"}]
        [entry] = collect.benchmarks_of(runs)
        self.assertEqual(entry, {"name": "fit/rows:10", "arguments": {"rows": 10}, "seconds": [0.003, 0.001], "counters": {"rate": 6.0}})

    def test_a_benchmark_that_failed_keeps_its_reason(self):
        [entry] = collect.benchmarks_of([repetition("fit", 0.0, error_occurred=True, error_message="no GPU")])
        self.assertEqual(entry["error"], "no GPU")
        self.assertNotIn("seconds", entry)

    def test_a_folder_becomes_one_report_with_what_failed(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "programs").mkdir()
            (folder / "programs/a_bench.json").write_text(json.dumps(google_report([repetition("fit", 1.0)])))
            (folder / "programs/b_bench.json").write_text("")
            (folder / "programs/b_bench.failed").write_text("b_bench stopped with exit code 1\n")
            found = collect.collect(folder)
        self.assertEqual([program["program"] for program in found["programs"]], ["a_bench"])
        self.assertEqual(found["programs"][0]["limits"], {"copy": "9 GB/s"})
        self.assertEqual(found["failed"], ["b_bench stopped with exit code 1"])


class Comparing(unittest.TestCase):
    def compare(self, was, now):
        return compare.compare(made_report(was), made_report(now), 0.05)

    def test_only_what_no_repetition_contradicts_is_a_change(self):
        apart, slower = self.compare({"a": [1.0, 1.1, 1.2]}, {"a": [1.3, 1.4, 1.5]})
        self.assertEqual(slower, 1)
        self.assertIn("a  1.1 s -> 1.4 s", apart[0])
        _, overlapping = self.compare({"a": [1.0, 1.1, 1.35]}, {"a": [1.3, 1.4, 1.5]})
        self.assertEqual(overlapping, 0)

    def test_a_small_change_and_too_few_repetitions_do_not_count(self):
        self.assertEqual(self.compare({"a": [1.0, 1.001, 1.002]}, {"a": [1.03, 1.031, 1.032]})[1], 0)
        self.assertEqual(self.compare({"a": [1.0, 1.0]}, {"a": [9.0, 9.0]})[1], 0)

    def test_what_is_in_one_report_alone_is_said(self):
        lines, _ = self.compare({"a": [1.0] * 3}, {"b": [1.0] * 3})
        self.assertIn("only in A: device_bench/a", lines)
        self.assertIn("only in B: device_bench/b", lines)

    def test_another_machine_is_said(self):
        other = made_report({"a": [1.0] * 3})
        other["machine"]["cpu"] = "y"
        self.assertTrue(any("cpu differs" in line for line in compare.compare(made_report({"a": [1.0] * 3}), other, 0.05)[0]))


class Writing(unittest.TestCase):
    def setUp(self):
        self.drawn = {}
        original, report.draw = report.draw, lambda path, lines, *labels: self.drawn.__setitem__(path.name, lines)
        self.addCleanup(setattr, report, "draw", original)

    def test_the_template_names_only_parts_that_there_are_and_programs_that_are_built(self):
        template = report.TEMPLATE.read_text()
        text = report.page(template, made_report({"fit/gpu:0/rows:10": [1.0] * 3}), pathlib.Path("."))
        self.assertNotIn("{{", text)
        built = (BENCHMARKS / "CMakeLists.txt").read_text()
        for name in re.findall(r"\{\{program (\w+)_bench\}\}", template):
            self.assertRegex(built, rf"\b{name}\b")
        for stage in re.findall(r"\{\{peers (\w+)\}\}", template):
            self.assertTrue((BENCHMARKS / f"peers/{stage}.py").exists(), stage)

    def test_a_peer_that_is_faster_is_marked_and_a_failure_is_shown(self):
        line = {"case": "c", "stage": "fit", "threads": 1}
        lines = [line | {"contender": "cartwheel", "seconds": 2.0, "ratio": 1.0, "peak_bytes": 2**20},
                 line | {"contender": "fast", "seconds": 1.0, "ratio": 0.5, "equal": True}, line | {"contender": "slow", "error": "more than 9 s"}]
        text = report.case_table(lines)
        self.assertIn("| cartwheel | 2 s | 1.0 MiB |  |", text)
        self.assertIn("| fast | 1 s (**0.5**) |  | yes |", text)
        self.assertIn("| slow | more than 9 s |", text)

    def test_sizes_become_lines_of_cost_an_item(self):
        made = made_report({"fit/gpu:0/rows:10": [1.0] * 3, "fit/gpu:0/rows:100": [20.0] * 3, "other/rows:10": [1.0] * 3})
        report.cost_text(made, pathlib.Path("."))
        self.assertEqual(self.drawn["cost_by_rows.svg"], {"device: fit gpu:0": [(10, 0.1), (100, 0.2)]})

    def test_the_gpu_is_compared_and_its_break_even_is_between_the_sizes(self):
        seconds = {"fit/gpu:0/rows:100": [1.0] * 3, "fit/gpu:0/rows:10000": [100.0] * 3,
                   "fit/gpu:1/rows:100": [10.0] * 3, "fit/gpu:1/rows:10000": [10.0] * 3}
        made = made_report(seconds)
        made["machine"]["gpu"] = "a GPU"
        self.assertIn("| device: fit | 1,000 | 100 s | 10 s |", report.devices_text(made, pathlib.Path(".")))
        without = copy.deepcopy(made)
        without["programs"][0]["benchmarks"] = [b for b in without["programs"][0]["benchmarks"] if b["arguments"]["gpu"] == 0]
        self.assertIn("has not been measured", report.devices_text(without, pathlib.Path(".")))


if __name__ == "__main__":
    unittest.main()
