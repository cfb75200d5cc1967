"""Each bar's ratio of one model, from what bars.sh has left in a folder: python3 ratios.py OUT MODEL"""
import json
import pathlib
import re
import statistics
import sys

OURS = "18392"


def turns(out, name, server=OURS):
    file = out / f"{name}.json"
    return [turn for turn in json.loads(file.read_text()) if server in turn["url"]] if file.exists() else []


def median(of, key):
    return statistics.median(turn[key] for turn in of)


def over_ceiling(out, model):
    """Server CPU per text over the ceiling's, turn by turn; the ceiling's batch size is the one that answers the most texts a second."""
    for file in sorted(out.glob(f"{model}-ceiling-*.md")):
        rows = re.findall(r"^\| \d+ \| (\d+) \| ([\d.]+) \|", file.read_text(), re.M)
        server = turns(out, f"{model}-64-{file.stem.removeprefix(model + '-')}")
        yield median(server, "server_cpu_ms") / float(max(rows, key=lambda row: int(row[0]))[1])


def ratios(out, model):
    busy, alone = turns(out, f"{model}-64"), turns(out, f"{model}-1")
    naive_busy, naive_alone = turns(out, f"{model}-64", "18391"), turns(out, f"{model}-1", "18391")
    if naive_busy:
        yield "answered/s over naive, 64 clients", ">= 2.0 recurrent, 1.5 Transformer", median(busy, "per_second") / median(naive_busy, "per_second")
        yield "server CPU per text over naive's, 64 clients", "", median(busy, "server_cpu_ms") / median(naive_busy, "server_cpu_ms")
    if ceiling := list(over_ceiling(out, model)):
        yield "server CPU per text over ceiling's", "<= 1.25", statistics.median(ceiling)
    if naive_alone:
        yield "p50 over naive's, 1 client", "<= 1.05", median(alone, "p50") / median(naive_alone, "p50")
    for share in ("0.3", "0.5", "0.7", "0.85", "1"):
        if open_loop := turns(out, f"{model}-open-{share}"):
            yield f"p99 over p50 at {share} of saturation", "<= 4" if share == "0.7" else "", median(open_loop, "p99") / median(open_loop, "p50")
    if flood := turns(out, f"{model}-overload"):
        peaks = [median(turns(out, f"{model}-overload-peak-{when}"), "per_second") for when in ("before", "after")]
        yield "goodput at 3 times saturation over its peak, before and after", ">= 0.90", median(flood, "per_second") / statistics.mean(peaks)
        if full := turns(out, f"{model}-open-1"):
            yield "p99 of the accepted at 3 times saturation over that at saturation", "<= 2", median(flood, "p99") / median(full, "p99")
        lost = sum(count for status, count in flood[0]["statuses"].items() if status not in ("200", "429"))
        yield "neither answered nor refused at 3 times saturation", "0", lost
        yield "refused without Retry-After", "0", flood[0]["refused_without_retry_after"]
    solo, beside = turns(out, f"{model}-neighbour-alone"), turns(out, f"{model}-neighbour-flooded")
    if solo and beside:
        yield "p50 of a second model beside 64 clients over alone", "<= 2.5", median(beside, "p50") / median(solo, "p50")


def main(out, model):
    print(f"\n| {model} | bar | |\n|---|---|---|")
    for name, bar, value in ratios(pathlib.Path(out), model):
        print(f"| {name} | {bar} | {value:.2f} |" if isinstance(value, float) else f"| {name} | {bar} | {value} |")


main(*sys.argv[1:])
