"""Line charts as SVG, by hand: one picture a report is not worth a plotting library."""
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 640, 360, 56, 150, 40, 56
# Told apart by colour and by shape (Okabe and Ito's palette).
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_DASHES = ("none", "6 3", "2 3", "8 3 2 3", "12 4", "4 4")


def line_chart(path, title, x_name, y_name, places, series, low, high):
    """Writes a chart: `places` name the steps of the x axis, `series` maps a name to a value for each of them (None where there is none)."""
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">',
             f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>', _text(_LEFT, 22, title, size=14, anchor="start")]
    parts += _axes(places, x_name, y_name, low, high)
    for index, (name, values) in enumerate(series.items()):
        parts += _line(index, name, [(_x(step, len(places)), _y(value, low, high)) for step, value in enumerate(values) if value is not None])
    path.write_text("\n".join([*parts, "</svg>"]) + "\n", encoding="utf-8")


def _axes(places, x_name, y_name, low, high):
    step = 20 if high - low > 50 else 10 if high - low > 20 else 5
    for value in range(low, high + 1, step):
        y = _y(value, low, high)
        yield f'<line x1="{_LEFT}" y1="{y}" x2="{_WIDTH - _RIGHT}" y2="{y}" stroke="#dddddd"/>'
        yield _text(_LEFT - 8, y + 4, value, anchor="end")
    for number, place in enumerate(places):
        yield _text(_x(number, len(places)), _HEIGHT - _BOTTOM + 20, place)
    yield _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 12, x_name)
    middle = (_TOP + _HEIGHT - _BOTTOM) / 2
    yield f'<g transform="rotate(-90 16 {middle})">{_text(16, middle, y_name)}</g>'


def _line(index, name, points):
    colour, dash = _COLOURS[index % len(_COLOURS)], _DASHES[index % len(_DASHES)]
    path = " ".join(f"{x},{y}" for x, y in points)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
    for x, y in points:
        yield f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>'
    legend, y = _WIDTH - _RIGHT + 12, _TOP + 8 + 20 * index
    yield f'<line x1="{legend}" y1="{y}" x2="{legend + 26}" y2="{y}" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
    yield _text(legend + 32, y + 4, name, anchor="start")


def _x(step, count):
    room = (_WIDTH - _LEFT - _RIGHT) / count
    return round(_LEFT + room * (step + 0.5), 1)


def _y(value, low, high):
    return round(_TOP + (_HEIGHT - _TOP - _BOTTOM) * (high - value) / (high - low), 1)


def _text(x, y, content, size=12, anchor="middle"):
    return f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" fill="#222222">{escape(str(content))}</text>'
