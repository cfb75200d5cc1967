"""Tables in pages that are written by hand otherwise."""
_END = "<!-- end of table -->"


def between_markers(path, lines, name=""):
    """Replaces what stands between the markers of a table and leaves the rest to its author; `name` where a page has several."""
    begin = f"<!-- table{name and ' ' + name}: written by training/shelf.py -->"
    before, rest = path.read_text(encoding="utf-8").split(begin)
    after = rest.split(_END, 1)[1]
    path.write_text(f"{before}{begin}\n{lines}\n{_END}{after}", encoding="utf-8")


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
