"""Draws the alignment of a real answer of a running server as an SVG heat map.

    python3 models/training/alignment_plot.py --url http://127.0.0.1:8080 --model en-fr-attention --text "..." --out FILE.svg
"""
import argparse
import html
import json
import urllib.request
from pathlib import Path

_CELL, _FONT, _CHARACTER = 30, 13, 7.4


def answer(url, model, text, beams):
    body = json.dumps({"inputs": text, "model": model, "alignments": True, "beam_size": beams}).encode()
    request = urllib.request.Request(f"{url}/v1/translate", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)["results"][0]


def draw(result, model):
    source, target = ([token.replace(" ", "\u2581") for token in result[name]] for name in ("source_tokens", "target_tokens"))
    left, top = 12 + _CHARACTER * max(map(len, target)), 16 + _CHARACTER * max(map(len, source))
    width, height = left + _CELL * len(source) + 12, top + _CELL * len(target) + 30
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" font-family="monospace" font-size="{_FONT}">',
             f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>']
    for column, token in enumerate(source):
        x = left + _CELL * (column + 0.65)
        parts.append(f'<text transform="translate({x:.1f},{top - 6:.1f}) rotate(-90)">{html.escape(token)}</text>')
    for row, (token, weights) in enumerate(zip(target, result["alignments"])):
        y = top + _CELL * row
        parts.append(f'<text x="{left - 6:.1f}" y="{y + _CELL * 0.65:.1f}" text-anchor="end">{html.escape(token)}</text>')
        for column, weight in enumerate(weights):
            shade = "#%02x%02x%02x" % tuple(round(255 + (dark - 255) * weight) for dark in (8, 48, 107))
            x = left + _CELL * column
            parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{_CELL - 1}" height="{_CELL - 1}" fill="{shade}"><title>{weight:.3f}</title></rect>')
    parts.append(f'<text x="6" y="{height - 10:.0f}" fill="#666">{html.escape(model)}: each row sums to 1</text></svg>')
    return "\n".join(parts) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--model", required=True)
    parser.add_argument("--text", required=True)
    parser.add_argument("--beams", type=int, default=4)
    parser.add_argument("--row", help="also print the row of the first target token that holds this")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    result = answer(options.url, options.model, options.text, options.beams)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(draw(result, options.model), encoding="utf-8")
    print(result["translation"])
    if options.row:
        row = next(i for i, token in enumerate(result["target_tokens"]) if options.row in token)
        print(" ".join(f"{token.strip()} {weight:.2f}" for token, weight in zip(result["source_tokens"], result["alignments"][row])))


if __name__ == "__main__":
    main()
