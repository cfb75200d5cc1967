"""What a manifest says about a translator's graphs: which outputs go back in, which stay, where attention is."""
from ..manifest import cache_entries


def _pairs(*letters):
    return [{"in": f"{letter}_in", "out": f"{letter}_out", "init": f"encoder:{letter}0"} for letter in letters]


def _transformer(layers):
    memory = [f"cross_{which}_{index}" for index in range(layers) for which in "kv"]
    return {"cache": cache_entries(layers), "memory": memory, "attention": "attention"}


def wiring(model, family):
    """The manifest's keys state, cache, memory and attention, as far as the family has them."""
    if family == "transformer":
        return _transformer(len(model.decoder))
    return {"cho": {"state": _pairs("h"), "memory": ["context"]},
            "sutskever": {"state": _pairs("h", "c")},
            "attention": {"state": _pairs("h"), "memory": ["memory", "keys"], "attention": "attention"}}[family]
