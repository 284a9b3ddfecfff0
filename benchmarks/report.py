"""Writes a Markdown page with pictures from a report.json of benchmarks/run.sh.

The page is a template (performance.md.in: the text that a human wrote) in which {{context}}, {{peers STAGE}},
{{program NAME}}, {{cost}} and {{devices}} stand for what was measured. What was not run is said to be."""
import argparse
import json
import math
import os
import pathlib
import re
import statistics
import tempfile

TEMPLATE = pathlib.Path(__file__).with_name("performance.md.in")
CARTWHEEL = "cartwheel"
# Columns of a peers' line that have a place of their own in the table.
PLACED = {"case", "threads", "contender", "stage", "seconds", "fastest", "slowest", "ratio", "peak_bytes", "GB/s", "M/s", "error"}
SIZES = ("rows", "events")


def seconds_text(seconds):
    for scale, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def number_text(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def table(rows):
    """A Markdown table; the first row is its head."""
    head, *body = rows
    return "\n".join(["| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *body]])


# --- Peers ------------------------------------------------------------------------------------------------------------


def peers_text(report, stage):
    for peers in report["peers"]:
        if peers["stage"] == stage:
            versions = ", ".join(f"{name} {version}" for name, version in peers["context"]["versions"].items())
            cases = list(dict.fromkeys(line["case"] for line in peers["lines"]))
            tables = [case_table([line for line in peers["lines"] if line["case"] == case]) for case in cases]
            text = "\n\n".join(f"**{case}**\n\n{rows}" for case, rows in zip(cases, tables))
            return f"{text}\n\nMeasured {peers['context']['date']} with {versions}."
    return f"*Not run: `benchmarks/peers/{stage}.py`.*"


def case_table(lines):
    contenders = list(dict.fromkeys(line["contender"] for line in lines))
    timed = list(dict.fromkeys((line["stage"], line["threads"]) for line in lines))
    extras = list(dict.fromkeys(key for line in lines for key in line if key not in PLACED))
    has_memory = any("peak_bytes" in line for line in lines)
    head = ["", *(f"{stage}, {threads} core{'s' * (threads > 1)}" for stage, threads in timed)]
    head += ["memory"] * has_memory + extras
    rows = [head]
    for contender in contenders:
        own = [line for line in lines if line["contender"] == contender]
        row = [contender]
        for stage, threads in timed:
            row.append(next((time_cell(line) for line in own if (line["stage"], line["threads"]) == (stage, threads)), ""))
        if has_memory:
            row.append(next((f"{line['peak_bytes'] / 2**20:.1f} MiB" for line in reversed(own) if "peak_bytes" in line), ""))
        row += [next((number_text(line[extra]) for line in own if extra in line), "") for extra in extras]
        rows.append(row)
    return table(rows)


def time_cell(line):
    if "seconds" not in line:
        return line["error"]
    text = seconds_text(line["seconds"])
    if line["contender"] != CARTWHEEL:
        ratio = f"{line['ratio']:.3g}"
        return f"{text} ({ratio})" if line["ratio"] >= 1 else f"{text} (**{ratio}**)"
    if "GB/s" in line:
        return f"{text}, {line['GB/s']:.3g} GB/s"
    return f"{text}, {line['M/s']:.3g} M/s" if "M/s" in line else text


# --- Programs of ours -------------------------------------------------------------------------------------------------


def program_text(report, name):
    for program in report["programs"]:
        if program["program"] == name:
            limits = "; ".join(f"{limit}: {text}" for limit, text in program["limits"].items())
            rows = [["", "time (median)", "spread", "a second", "share of the limit"]]
            rows += [benchmark_row(benchmark) for benchmark in program["benchmarks"]]
            return f"{table(rows)}\n\nThe machine's limits in that run: {limits}."
    return f"*Not run: `{name}`.*"


def benchmark_row(benchmark):
    name = benchmark["name"].replace("/", " ")
    if "error" in benchmark:
        return [name, benchmark["error"], "", "", ""]
    middle = statistics.median(benchmark["seconds"])
    spread = (max(benchmark["seconds"]) - min(benchmark["seconds"])) / middle
    counters = benchmark["counters"]
    rate = next((f"{scaled(counters[key])} {unit}" for key, unit in
                 (("rate", ""), ("bytes_per_second", "B"), ("items_per_second", "")) if key in counters), "")
    share = f"{100 * counters['of_limit']:.0f}%" if "of_limit" in counters else ""
    if "of_loops" in counters:
        share = f"{100 * counters['of_loops']:.0f}% of independent loops' gain ({counters['speedup']:.2f} to {counters['loops_speedup']:.2f})"
    return [name, seconds_text(middle), f"{100 * spread:.0f}%", rate.strip(), share]


def scaled(value):
    for scale, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= scale:
            return f"{value / scale:.3g} {letter}"
    return f"{value:.3g}"


# --- Pictures ---------------------------------------------------------------------------------------------------------


def size_of(arguments):
    return next(((key, arguments[key]) for key in SIZES if key in arguments), None)


def series(report, per_item):
    """{name: [(size, seconds, or seconds an item)]} of the benchmarks that were run in several sizes."""
    found = {}
    for program in report["programs"]:
        for benchmark in program["benchmarks"]:
            size = size_of(benchmark["arguments"])
            if "seconds" not in benchmark or size is None:
                continue
            label = re.sub(rf"/{size[0]}:\d+", "", benchmark["name"]).replace("/", " ")
            seconds = statistics.median(benchmark["seconds"])
            found.setdefault(f"{program['program'].removesuffix('_bench')}: {label}", []).append(
                (size[1], seconds / size[1] if per_item else seconds))
    return {name: sorted(points) for name, points in found.items() if len(points) > 1}


def draw(path, lines, x_label, y_label):
    """Lines over two logarithmic axes. A job has one colour; its line is broken where the GPU did it."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "cartwheel", "svg.fonttype": "none", "font.size": 9})
    import matplotlib.pyplot as pyplot

    figure, axes = pyplot.subplots(figsize=(9, 0.8 + 0.32 * max(9, len(lines))), layout="constrained")
    jobs = list(dict.fromkeys(re.sub("GPU|CPU", "", name) for name in lines))
    for name, points in lines.items():
        job = jobs.index(re.sub("GPU|CPU", "", name))
        style = "--" if "GPU" in name else ["-", ":", "-."][job // 10 % 3]
        axes.plot(*zip(*points), marker="o", markersize=3, linewidth=1.2, linestyle=style, color=f"C{job % 10}", label=name)
    axes.set(xscale="log", yscale="log", xlabel=x_label, ylabel=y_label)
    axes.grid(True, which="major", linewidth=0.4, alpha=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def cost_text(report, folder):
    pictures = []
    for key, what in (("events", "event"), ("rows", "row")):
        chosen = {"programs": [{**program, "benchmarks": [b for b in program["benchmarks"] if key in b["arguments"]
                                                          and not b["arguments"].get("gpu")]}
                               for program in report["programs"]]}
        lines = series(chosen, per_item=True)
        if lines:
            draw(folder / f"cost_by_{key}.svg", lines, key, f"seconds of one iteration, each {what}")
            pictures.append(f"![Cost of one {what} against the number of {key}: a flat line is linear cost](cost_by_{key}.svg)")
    return "\n\n".join(pictures) or "*Not run in several sizes.*"


def break_even(cpu, gpu):
    """The size from which the GPU is faster, between two measured ones by straight lines in logarithms; None: never, or
    always within what was measured."""
    both = sorted(set(dict(cpu)) & set(dict(gpu)))
    ahead = [math.log(dict(cpu)[size] / dict(gpu)[size]) for size in both]
    for i in range(1, len(both)):
        if ahead[i - 1] < 0 <= ahead[i]:
            share = -ahead[i - 1] / (ahead[i] - ahead[i - 1])
            return math.exp(math.log(both[i - 1]) + share * math.log(both[i] / both[i - 1]))
    return None


def devices_text(report, folder):
    gpu_name = report["machine"].get("gpu")
    lines = {name: points for name, points in series(
        {"programs": [program for program in report["programs"] if program["program"] == "device_bench"]}, per_item=False).items()}
    gpu = {name: points for name, points in lines.items() if "gpu:1" in name}
    if not gpu:
        return "*The GPU's speed has not been measured: there was none.*"
    rows = [["", "GPU faster from", "largest size: CPU", "GPU"]]
    for name, points in gpu.items():
        cpu = lines.get(name.replace("gpu:1", "gpu:0"))
        if cpu:
            even = break_even(cpu, points)
            faster = points[0][1] < dict(cpu).get(points[0][0], 0)
            rows.append([name.replace(" gpu:1", ""), f"{even:,.0f}" if even else ("all sizes" if faster else "none of these sizes"),
                         seconds_text(cpu[-1][1]), seconds_text(points[-1][1])])
    draw(folder / "devices.svg", {name.replace("gpu:1", "GPU").replace("gpu:0", "CPU"): points for name, points in lines.items()},
         "rows or events", "seconds, transfers included")
    return f"{gpu_name}\n\n![CPU and GPU against size](devices.svg)\n\n{table(rows)}"


# --- The page ---------------------------------------------------------------------------------------------------------


def context_text(report):
    machine = report["machine"]
    parts = [f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_bytes'] / 2**30:.0f} GiB",
             machine.get("gpu") or "no GPU", machine["compiler"], f"commit {report['commit']}", report["date"]]
    failed = "".join(f"\n\n**Not complete**: {text}." for text in report["failed"])
    return "; ".join(str(part) for part in parts) + "." + failed


def page(template, report, folder):
    makers = {"context": lambda _: context_text(report), "peers": lambda stage: peers_text(report, stage),
              "program": lambda name: program_text(report, name), "cost": lambda _: cost_text(report, folder),
              "devices": lambda _: devices_text(report, folder)}

    def fill(match):
        if match[1] not in makers:
            raise SystemExit(f"error: {TEMPLATE.name}: no such part: {match[0]}")
        return makers[match[1]](match[2])

    return re.sub(r"\{\{(\w+) ?(\w*)\}\}", fill, template)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the page; pictures go beside it")
    options = parser.parse_args()
    report = json.loads(options.report.read_text())
    with tempfile.TemporaryDirectory() as cache:  # of matplotlib, which would leave one in the home folder
        os.environ.setdefault("MPLCONFIGDIR", cache)
        options.out.write_text(page(TEMPLATE.read_text(), report, options.out.parent))


if __name__ == "__main__":
    main()
