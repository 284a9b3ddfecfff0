#!/usr/bin/env python3
"""What changed from report A to report B beyond noise, of two report.json that benchmarks/run.sh wrote.

A benchmark changed where all repetitions of one report are faster than all of the other (of 5 and 5 that happens by
chance once in 126 pairs), and the medians differ by more than --least (0.05: 5%). Above 1: B is slower."""
import argparse
import json
import pathlib
import statistics
import sys


def benchmarks(report):
    return {f"{program['program']}/{benchmark['name']}": benchmark["seconds"] for program in report["programs"]
            for benchmark in program["benchmarks"] if "error" not in benchmark}


def change_of(a, b, least):
    """(ratio of medians, whether that is more than noise)"""
    ratio = statistics.median(b) / statistics.median(a)
    apart = max(a) < min(b) or max(b) < min(a)
    return ratio, apart and min(len(a), len(b)) >= 3 and abs(ratio - 1) > least


def compare(a, b, least):
    """Lines of text: what is slower, faster, only in one of both; and how many are alike."""
    was, now = benchmarks(a), benchmarks(b)
    changes = {name: change_of(was[name], now[name], least) for name in was if name in now}
    beyond = sorted(((ratio, name) for name, (ratio, changed) in changes.items() if changed), reverse=True)
    lines = [f"{ratio:6.2f} x  {name}  {text_of(was[name])} -> {text_of(now[name])}" for ratio, name in beyond]
    lines += [f"only in A: {name}" for name in was if name not in now]
    lines += [f"only in B: {name}" for name in now if name not in was]
    slower = sum(ratio > 1 for ratio, _ in beyond)
    lines.append(f"{len(changes)} in both: {slower} slower, {len(beyond) - slower} faster, {len(changes) - len(beyond)} within noise")
    for key in ("cpu", "cores", "compiler"):
        if a["machine"].get(key) != b["machine"].get(key):
            lines.append(f"beware: {key} differs: {a['machine'].get(key)} / {b['machine'].get(key)}")
    return lines, slower


def text_of(seconds):
    value = statistics.median(seconds)
    for scale, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "us")):
        if value >= scale:
            return f"{value / scale:.3g} {unit}"
    return f"{value * 1e9:.3g} ns"


def read(path):
    try:
        report = json.loads(path.read_text())
        report["programs"], report["machine"]
        return report
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.exit(f"error: {path} is not a report.json of benchmarks/run.sh: {error}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("a", type=pathlib.Path)
    parser.add_argument("b", type=pathlib.Path)
    parser.add_argument("--least", type=float, default=0.05, help="smallest change that counts (default: 0.05)")
    parser.add_argument("--fail", action="store_true", help="exit with 1 where anything is slower")
    options = parser.parse_args()
    lines, slower = compare(read(options.a), read(options.b), options.least)
    print("\n".join(lines))
    sys.exit(1 if options.fail and slower else 0)


if __name__ == "__main__":
    main()
