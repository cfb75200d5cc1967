"""BLEU of a running server's translations of the test set, beside what the recipe wrote into the model's card.

    python3 models/training/translation_through_api.py --url http://127.0.0.1:8080 --model en-fr-attention --data DIR

The sentences go in as clients send them, 32 to a request; scores are the recipes' own. A difference beyond
rounding means that the server tokenizes, searches or joins differently from what the model was chosen by.
"""
import argparse
import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from seqtrain.metrics import corpus_bleu
from translation_corpus import load

_TEXTS = 32


def call(url, body=None):
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=600) as answer:
        return json.load(answer)


def translations(url, model, texts, beams):
    def part(start):
        answer = call(f"{url}/v1/translate", {"inputs": texts[start:start + _TEXTS], "model": model, "beam_size": beams})
        return [result["translation"] for result in answer["results"]]

    with ThreadPoolExecutor(4) as clients:
        return [text for texts in clients.map(part, range(0, len(texts), _TEXTS)) for text in texts]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--model", action="append", required=True)
    parser.add_argument("--data", required=True, help="folder of the data sets")
    parser.add_argument("--sentences", type=int, help="only so many, for a quick look; the card's numbers are of all")
    options = parser.parse_args()
    print("| model | sentences | BLEU greedy, API | card | BLEU beam 4, API | card |\n|---|---|---|---|---|---|")
    for model in options.model:
        known = call(f"{options.url}/v1/models/{model}")
        languages = known["languages"]
        test = load(options.data, f"{languages['source']}-{languages['target']}").test_scored
        sources, references = test.sources[:options.sentences], test.single[:options.sentences]
        scores = [corpus_bleu(translations(options.url, model, sources, beams), references) for beams in (1, 4)]
        card = known["metrics"]
        print(f"| `{model}` | {len(sources)} | {scores[0]:.2f} | {card.get('bleu_greedy')} | {scores[1]:.2f} | {card.get('bleu')} |", flush=True)


if __name__ == "__main__":
    main()
