"""The measurements of the long-range report, each into a record of its own."""
import json
import urllib.request

from seqtrain.corpus import read_labelled
from seqtrain.foundation import SIZES, seed_of
from seqtrain.manifest import write_json
from seqtrain.recall import ARCHITECTURES, learn
from seqtrain.treebank import detokenize

GAPS = (10, 20, 50, 100, 200)
# Sentences and whole reviews, each with the bounds of its groups in words; the models have seen up to 256 tokens.
_SENTENCES, _REVIEWS = (0, 10, 20, 60), (60, 120, 160, 256)
_SEEDS = (1, 2, 3)
_RATES = {"rnn": 2e-3, "lstm": 4e-3, "gru": 4e-3, "transformer": 2e-3}
_MOST_BATCHES = 1500
_TEXTS_A_REQUEST = 32


def recall(results, quick):
    """Accuracy for each architecture, gap and seed, and how many sequences it took."""
    path = _record(results, "recall")
    runs = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    known = {(run["architecture"], run["gap"], run["seed"]) for run in runs}
    for seed in _SEEDS[:1] if quick else _SEEDS:
        for gap in GAPS[:2] if quick else GAPS:
            for architecture in ARCHITECTURES:
                if (architecture, gap, seed) in known:
                    continue
                start = seed_of("recall", architecture, str(gap), str(seed))
                accuracy, seen = learn(architecture, gap, start, 100 if quick else _MOST_BATCHES, _RATES[architecture])
                runs.append({"architecture": architecture, "gap": gap, "seed": seed, "accuracy": accuracy, "sequences": seen})
                print(f"{architecture}, gap {gap}, seed {seed}: {accuracy:.1f} % after {seen} sequences", flush=True)
                write_json(path, runs)


def sentiment(results, server, data, quick):
    """Accuracy of each shipped sentiment model by the length of the text, as the server answers."""
    sentences = [(int(label), detokenize(text)) for label, text in read_labelled(data / "sst2" / "test.tsv")]
    reviews = [(int(label), text) for label, text in read_labelled(data / "imdb" / "valid.tsv")]
    groups = _by_words(sentences, _SENTENCES) + _by_words(reviews, _REVIEWS)
    rows = []
    for architecture in SIZES:
        for words, group in groups:
            group = group[:_TEXTS_A_REQUEST] if quick else group
            rows.append({"model": f"sentiment-{architecture}", "words": words, "texts": len(group), "accuracy": _accuracy(server, architecture, group)})
            print(rows[-1], flush=True)
    write_json(_record(results, "sentiment"), rows)


def _by_words(texts, bounds):
    """[("1-10", texts of so many words), ...]."""
    return [(f"{above + 1}-{most}", [(label, text) for label, text in texts if above < len(text.split()) <= most]) for above, most in zip(bounds, bounds[1:])]


def _accuracy(server, architecture, texts):
    right = 0
    for start in range(0, len(texts), _TEXTS_A_REQUEST):
        part = texts[start:start + _TEXTS_A_REQUEST]
        body = {"inputs": [text for _, text in part], "model": f"sentiment-{architecture}", "truncate": True}
        request = urllib.request.Request(f"{server}/v1/classify", json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as answer:
            found = json.load(answer)["results"]
        right += sum((result["label"] == "positive") == bool(label) for result, (label, _) in zip(found, part))
    return round(100 * right / len(texts), 1)


def _record(results, name):
    folder = results / "long-range"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.json"
