"""Draws latency against offered load from the open-loop results of bars.sh: plot.py OUT-FOLDER MODEL > plot.svg. Standard library only."""
import json
import math
import pathlib
import sys

SERVERS = {"18392": ("SeqServe", "#0b6e4f"), "18391": ("naive", "#b23a48")}
LINES = {"p50": "", "p99": "6 4"}
WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 720, 420, 70, 50, 30, 20


def points(folder, model):
    """{server: [(offered requests/s, result)]}; the offered load of a file is its share of what SeqServe answered just before."""
    found = {port: [] for port in SERVERS}
    for file in folder.glob(f"{model}-open-*.json"):
        share = file.stem.rsplit("-", 1)[1]
        saturation = json.loads((folder / f"{model}-peak-{share}.json").read_text())[0]["per_second"]
        for result in json.loads(file.read_text()):
            if result["ok"]:
                found[next(p for p in SERVERS if p in result["url"])].append((int(saturation * float(share)), result))
    return {port: sorted(rows, key=lambda row: row[0]) for port, rows in found.items()}


def svg(data, model):
    loads = [x for rows in data.values() for x, _ in rows]
    values = [r[line] for rows in data.values() for _, r in rows for line in LINES]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    most = max(loads) * 1.05

    def x(load):
        return LEFT + (WIDTH - LEFT - RIGHT) * load / most

    def y(ms):
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (math.log10(ms) - low) / (high - low)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
           f'<text x="{LEFT}" y="18">{model}: latency against offered load (open loop, Poisson arrivals)</text>']
    for power in range(low, high + 1):
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(10 ** power):.1f}" y2="{y(10 ** power):.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y(10 ** power) + 4:.1f}" text-anchor="end">{10.0 ** power:g} ms</text>')
    for load in sorted(set(loads)):
        out.append(f'<text x="{x(load):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{load}</text>')
    out.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 10}" text-anchor="middle">requests/s offered</text>')
    for number, (port, (name, colour)) in enumerate(SERVERS.items()):
        for line, dash in LINES.items():
            path = " ".join(f"{x(load):.1f},{y(result[line]):.1f}" for load, result in data[port])
            out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>')
        out.append(f'<text x="{LEFT + 15}" y="{TOP + 25 + 20 * number}" fill="{colour}">{name}: p50 solid, p99 dashed</text>')
    return "\n".join(out + ["</svg>"])


if __name__ == "__main__":
    print(svg(points(pathlib.Path(sys.argv[1]), sys.argv[2]), sys.argv[2]))
