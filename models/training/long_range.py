"""Measures how far back each architecture can remember, and draws what the other records say about length.

    python3 models/training/long_range.py

Trains RNN, LSTM, GRU and Transformer on the recall task with a growing gap, from three seeds each.
What is recorded already is kept, so a run that was stopped goes on. `--server URL` asks a running
server, with its shipped sentiment models, for the sentiment of texts of all lengths instead.
"""
import long_range_shelf
from long_range_steps import recall, sentiment
from seqtrain.recipe import parsed, recipe_parser


def main():
    parser = recipe_parser(__doc__, "folder that holds sst2/ and imdb/; needed with --server only", data_required=False)
    parser.add_argument("--server", help="address of a running server, for example http://localhost:8080")
    options = parsed(parser, "long-range")
    results = options.out / "training" / "results"
    if options.server is None:
        recall(results, options.quick)
    else:
        sentiment(results, options.server, options.data, options.quick)
    long_range_shelf.draw(results)


if __name__ == "__main__":
    main()
