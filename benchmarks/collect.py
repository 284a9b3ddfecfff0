"""Makes one report.json of what benchmarks/run.sh left in FOLDER/programs and FOLDER/peers.

{"date", "commit", "machine": {cpu, cores, memory_bytes, system}, "programs": [...], "peers": [...], "failed": [...]}
A program: {"program", "limits": {name: text}, "benchmarks": [{"name", "arguments": {name: number}, "seconds": [each
repetition's time of an iteration], "counters": {name: median}, "label", "error"}]}.
Peers: what peers/measure.py writes ("title", "context", "lines"), without the single runs, and "stage"."""
import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[1]
SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
# What Google Benchmark says of a run itself; all other keys are counters.
NOT_COUNTERS = {"name", "family_index", "per_family_instance_index", "run_name", "run_type", "repetitions", "repetition_index",
                "threads", "iterations", "real_time", "cpu_time", "time_unit", "label", "error_occurred", "error_message"}


def arguments_of(name):
    """{"rows": 1000} of "fit/rows:1000/real_time"."""
    parts = re.findall(r"/([^/:]+):(-?\d+)", name)
    return {key: int(value) for key, value in parts if key not in ("iterations", "repeats", "min_time")}


def benchmarks_of(runs):
    """One entry a benchmark, of the repetitions of each."""
    found = {}
    for run in runs:
        if run.get("run_type") != "aggregate":
            found.setdefault(run["name"], []).append(run)
    return [benchmark_of(name, repetitions) for name, repetitions in found.items()]


def benchmark_of(name, repetitions):
    result = {"name": re.sub(r"/(real_time|manual_time|process_time)$", "", name), "arguments": arguments_of(name)}
    errors = [run["error_message"] for run in repetitions if run.get("error_occurred")]
    if errors:
        return result | {"error": errors[0]}
    keys = [key for key in repetitions[0] if key not in NOT_COUNTERS]
    result["seconds"] = [run["real_time"] * SECONDS[run["time_unit"]] for run in repetitions]
    result["counters"] = {key: statistics.median(run[key] for run in repetitions) for key in keys}
    if repetitions[0].get("label"):
        result["label"] = repetitions[0]["label"]
    return result


def program_of(path):
    written = json.loads(path.read_text())
    limits = {key.removeprefix("limit "): value for key, value in written["context"].items() if key.startswith("limit ")}
    return {"program": path.stem, "limits": limits, "benchmarks": benchmarks_of(written["benchmarks"])}


def peers_of(path):
    written = json.loads(path.read_text())
    return {"stage": path.stem} | {key: written[key] for key in ("title", "context", "lines")}


def first_line(command):
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    return done.stdout.splitlines()[0].strip() if done.returncode == 0 and done.stdout.strip() else None


def machine():
    models = [line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
              if line.startswith("model name")]
    return {"cpu": models[0] if models else platform.processor(), "cores": len(os.sched_getaffinity(0)),
            "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), "system": platform.platform(),
            "gpu": first_line(["sh", "-c", "nvidia-smi --query-gpu=name --format=csv,noheader"]),
            "compiler": first_line(["c++", "--version"])}


def collect(folder):
    return {"date": datetime.date.today().isoformat(), "commit": first_line(["git", "rev-parse", "--short", "HEAD"]),
            "machine": machine(), "programs": [program_of(path) for path in sorted(folder.glob("programs/*.json"))
                                               if path.stat().st_size > 0],
            "peers": [peers_of(path) for path in sorted(folder.glob("peers/*.json"))],
            "failed": [path.read_text().strip() for path in sorted(folder.glob("*/*.failed"))]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    report = collect(folder)
    if not report["programs"] and not report["peers"]:
        parser.error(f"{folder} holds no results: benchmarks/run.sh puts them there")
    (folder / "report.json").write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
