"""Trains one sentiment model and puts it on the shelf.

    python3 models/training/sentiment.py --architecture lstm --data DIR

What the six models share is made once and kept in the work folder: the tokenizer, word vectors,
and three teachers, whose averaged opinion on phrases and on unlabelled review sentences the
shipped models learn from. `--quick` runs the same path on a little data, in under two minutes.
"""
from seqtrain.foundation import SIZES
from seqtrain.recipe import recipe_options
from sentiment_steps import Sentiment


def main():
    options = recipe_options(__doc__, "sentiment", SIZES, "folder that holds sst2/ and imdb/")
    sentiment = Sentiment(options.data, options.work, options.quick)
    if options.only == "teacher":
        sentiment.opinion(options.architecture)
    elif options.only is None:
        sentiment.student(options.architecture, options.out)


if __name__ == "__main__":
    main()
