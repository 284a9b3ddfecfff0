"""Runs contenders in turn, each in a process of its own, and prints medians and ratios.

A stage's program (forest.py and the like) is both sides of this: without arguments it compares; as
`PROGRAM --work PEER JSON` it is the process of one peer. A process prints one JSON object, its last line:
{"seconds": {STAGE: s, ...}, "peak_bytes": n, ...}. Cartwheel's processes are `cartwheel_job` (C++).
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import metadata

ROOT = pathlib.Path(__file__).resolve().parents[2]
CARTWHEEL = "cartwheel"


# --- In the process of a peer -----------------------------------------------------------------------------------------


def status_bytes(key):
    """VmRSS (memory in use now) or VmHWM (its peak) of this process."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return 1024 * int(line.split()[1])
    raise KeyError(key)


def timed(work):
    """(result, median seconds, peak growth in bytes of the first run). Short work runs up to 9 times, 0.4 s in all."""
    pathlib.Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    before = status_bytes("VmRSS")
    seconds = []
    while not seconds or (len(seconds) < 9 and sum(seconds) + seconds[-1] < 0.4):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
        if len(seconds) == 1:
            peak = status_bytes("VmHWM") - before
    return result, statistics.median(seconds), peak


# --- In the process that compares -------------------------------------------------------------------------------------


def arguments(description, **defaults):
    """The options that all stages have, and those of the stage: name=default."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="how often each contender runs")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="cores that a run may use; each in turn")
    parser.add_argument("--before", default="", help="command put before each measured one, such as 'chrt -f 1'")
    parser.add_argument("--limit", type=float, default=600, help="seconds after which a run is given up")
    parser.add_argument("--peers", nargs="+", help="only these (default: all)")
    parser.add_argument("--cases", nargs="+", help="only these (default: all)")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release", help="Cartwheel's build folder")
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "cartwheel-peers",
                        help="folder for inputs; made once, and kept")
    parser.add_argument("--json", type=pathlib.Path, help="write the table and every single run there, too")
    for name, default in defaults.items():
        parser.add_argument("--" + name.replace("_", "-"), default=default,
                            type=type(default) if default is not None else None)
    options = parser.parse_args()
    options.data.mkdir(parents=True, exist_ok=True)
    return options


def run_process(command, threads=None, before="", limit=None):
    """The JSON object that `command` prints last; {"error": ...} where it fails or takes too long."""
    environment = dict(os.environ)
    cores = sorted(os.sched_getaffinity(0))
    if threads is not None:
        cores = cores[:threads]
        for name in ("OMP", "OPENBLAS", "MKL", "POLARS_MAX", "ARROW_IO"):
            environment[f"{name}_THREADS" if name in ("POLARS_MAX", "ARROW_IO") else f"{name}_NUM_THREADS"] = str(threads)
    limited = ["timeout", str(limit)] if limit else []
    done = subprocess.run([*before.split(), *limited, *map(str, command)], env=environment, text=True, capture_output=True,
                          preexec_fn=lambda: os.sched_setaffinity(0, cores))
    if done.returncode == 124:
        return {"error": f"more than {limit:.0f} s"}
    if done.returncode != 0:
        print(done.stderr, file=sys.stderr)
        return {"error": f"exit code {done.returncode}"}
    return json.loads(done.stdout.strip().splitlines()[-1])


def cartwheel_job(options, job, **settings):
    """The command of Cartwheel's side."""
    return [options.build / "benchmarks/peers/cartwheel_job/cartwheel_job", job,
            *(f"{name}={value}" for name, value in settings.items())]


def peer_job(peer, **settings):
    """The command of a peer: this stage's program as the process that works."""
    return [sys.executable, sys.argv[0], "--work", peer, json.dumps(settings, default=str)]


def run_in_turn(options, commands, threads, after=lambda name, result: None):
    """{contender: [result of each round]}. `commands` {contender: function of the round that gives its command};
    `after` is called with each sound result. Whoever fails or takes too long is not run again."""
    results = {name: [] for name in commands}
    for round_number in range(options.rounds):
        for name, command in commands.items():
            if not any("error" in result for result in results[name]):
                results[name].append(run_process(command(round_number), threads, options.before, options.limit))
                print(f"  round {round_number + 1}, {name}: {results[name][-1].get('seconds', results[name][-1])}",
                      file=sys.stderr)
                if "error" not in results[name][-1]:
                    after(name, results[name][-1])
    return results


def first_of(results, key):
    """{contender: what its first round says of `key`}, of those that say it."""
    return {name: rounds[0][key] for name, rounds in results.items() if key in rounds[0]}


def wanted(options, peers):
    """The peers to compare with."""
    unknown = set(options.peers or []) - set(peers)
    if unknown:
        sys.exit(f"error: no such peer: {', '.join(sorted(unknown))}; there are {', '.join(peers)}")
    return [peer for peer in peers if not options.peers or peer in options.peers]


class Report:
    """A table of results: one line a (case, contender), text on stdout and JSON where it was asked for."""

    def __init__(self, options, title):
        self.options, self.title, self.lines, self.runs = options, title, [], []

    def add(self, case, threads, results, stage, size=None, count=None, memory=True, **more):
        """One line a contender. A ratio is the median over the rounds of (contender's seconds / Cartwheel's seconds of
        the same round). `size` bytes or `count` items were worked through; `more` {column: {contender: value}}."""
        own = [result["seconds"][stage] for result in results[CARTWHEEL] if "error" not in result]
        for name, rounds in results.items():
            line = {"case": case, "threads": threads, "contender": name, "stage": stage}
            sound = [result for result in rounds if "error" not in result]
            if sound:
                seconds = [result["seconds"][stage] for result in sound]
                line["seconds"] = statistics.median(seconds)
                line["fastest"], line["slowest"] = min(seconds), max(seconds)
                line["ratio"] = statistics.median([theirs / ours for theirs, ours in zip(seconds, own)])
                if size:
                    line["GB/s"] = 1e-9 * size / line["seconds"]
                if count:
                    line["M/s"] = 1e-6 * count / line["seconds"]
                if memory:
                    line["peak_bytes"] = statistics.median([result.get("peak_bytes", 0) for result in sound])
            if len(sound) < len(rounds):
                line["error"] = rounds[-1]["error"]
            for column, values in more.items():
                if name in values:
                    line[column] = values[name]
            self.lines.append(line)
        self.runs.append({"case": case, "threads": threads, "stage": stage, "results": results})
        self.print_lines(self.lines[-len(results):])
        self.save()

    def print_lines(self, lines):
        columns = []
        for line in lines:
            columns += [column for column in line if column not in columns]
        cells = [columns] + [[text_of(column, line.get(column)) for column in columns] for line in lines]
        widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
        for row in cells:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        print(flush=True)

    def save(self):
        """After each case, so that a run that is cut short leaves what it has."""
        if self.options.json:
            self.options.json.write_text(json.dumps(
                {"title": self.title, "context": context(), "lines": self.lines, "runs": self.runs}, indent=1))


def text_of(column, value):
    if value is None:
        return "-"
    if column == "ratio":
        return f"{value:.2f} x"
    if column.endswith("_bytes"):
        return f"{value / 2**20:.1f} MiB"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def context():
    """Where and with what the figures were made."""
    model = next((line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.processor())
    pinned = [line.split("==")[0] for line in pathlib.Path(__file__).with_name("requirements.txt").read_text().split()
              if "==" in line]
    return {"date": datetime.date.today().isoformat(), "cpu": model, "cores": len(os.sched_getaffinity(0)),
            "versions": {name: metadata.version(name) for name in pinned}}


def generated_log(options, events):
    """The path of a generated log (seed 1)."""
    path = options.data / f"events-{events}.csv"
    if not path.exists():
        partial = path.with_suffix(".part")
        subprocess.run([options.build / "examples/intent_cli/intent_cli", "generate", "--events", str(events), "--seed",
                        "1", "--out", str(partial), "--quiet"], check=True, stdout=subprocess.DEVNULL)
        partial.rename(path)
    return path


def main(peers, compare):
    """`peers` {name: function of the settings that gives a result}; `compare` does the comparison."""
    if len(sys.argv) == 4 and sys.argv[1] == "--work":
        print(json.dumps(peers[sys.argv[2]](**json.loads(sys.argv[3]))))
    else:
        compare()
