"""The tables and plots of results/long-range.md, from the records of its measurements and of the translators' runs."""
import json

from seqtrain.markdown import between_markers, table
from seqtrain.plot import line_chart
from seqtrain.recall import ARCHITECTURES

_FAMILIES = ("cho", "sutskever", "attention", "transformer")
_WORDS = ("1-5", "6-10", "11+")


def draw(results):
    """Whatever has been recorded so far; what has not leaves its table as it is."""
    page, folder = results / "long-range.md", results / "long-range"
    for name, measured in (("recall", _recall), ("sentiment", _sentiment), ("translation", _translation)):
        found = measured(results)
        if found is None or not page.exists():
            continue
        places, series, heading, chart = found
        rows = [[name_of, *("" if value is None else f"{value:.1f}" for value in values)] for name_of, values in series.items()]
        between_markers(page, table([heading, *places], rows), name)
        line_chart(folder / f"{name}.svg", *chart, places, series, *_range(series))


def _range(series):
    """Round bounds around all values, of percent or BLEU."""
    values = [value for row in series.values() for value in row if value is not None]
    step = 20 if max(values) - min(values) > 40 else 10
    return int(min(values) // step) * step, min(100, -int(-max(values) // step) * step)


def _recall(results):
    runs = _read(results / "long-range" / "recall.json")
    if runs is None:
        return None
    gaps = sorted({run["gap"] for run in runs})

    def mean(architecture, gap):
        found = [run["accuracy"] for run in runs if (run["architecture"], run["gap"]) == (architecture, gap)]
        return sum(found) / len(found) if found else None

    series = {architecture: [mean(architecture, gap) for gap in gaps] for architecture in ARCHITECTURES}
    return gaps, series, "gap", ("Recall of one symbol over a gap", "gap, steps", "percent right")


def _sentiment(results):
    rows = _read(results / "long-range" / "sentiment.json")
    if rows is None:
        return None
    words = list(dict.fromkeys(row["words"] for row in rows))
    series = {model: [row["accuracy"] for row in rows if row["model"] == model] for model in dict.fromkeys(row["model"] for row in rows)}
    series = {model.removeprefix("sentiment-"): values for model, values in series.items()}
    return words, series, "words", ("Sentiment by length of the text", "words", "percent right")


def _translation(results):
    runs = {family: _read(results / "runs" / f"en-fr-{family}.json") for family in _FAMILIES}
    series = {family: [run[f"bleu_words_{words}"] for words in _WORDS] for family, run in runs.items() if run is not None}
    return (_WORDS, series, "words", ("English to French by length of the source", "words", "BLEU")) if series else None


def _read(path):
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
