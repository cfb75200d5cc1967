"""Trains one intent model on CLINC150 and puts it on the shelf.

    python3 models/training/intent.py --architecture gru --data DIR

What the models share is made once and kept in the work folder: the tokenizer, word vectors, and
three teachers, whose averaged opinion the shipped models learn from. `--quick` runs the same path
on a little data, in under two minutes.
"""
from intent_steps import Intent
from seqtrain.recipe import recipe_options


def main():
    options = recipe_options(__doc__, "intent", ("gru", "transformer"), "folder that holds clinc150/, banking77/, snips/ and lm-tatoeba-en/")
    intent = Intent(options.data, options.work, options.quick)
    if options.only == "teacher":
        intent.teachers(options.architecture)
    elif options.only is None:
        intent.student(options.architecture, options.out)


if __name__ == "__main__":
    main()
