"""The training loop: rounds of batches, averaged weights, checkpoints, early stopping."""
import copy
import csv
import math
import time
from dataclasses import dataclass

import torch

from .batches import near_length_batches, pad


@dataclass(frozen=True)
class Plan:
    """One stage of training. A round is one pass over what `rounds(number)` returns."""

    rounds: int
    learning_rate: float
    batch_tokens: int = 2048
    weight_decay: float = 1e-2
    warmup: float = 0.05
    average: float = 0.998
    clip: float = 1.0
    checks_per_round: int = 2
    patience: int = 8
    # Where time is short: the schedule runs out after this many minutes, if the rounds have not by then.
    minutes: float = math.inf


class Averaged:
    """An exponential average of the weights: what is validated, kept and shipped."""

    def __init__(self, model, decay):
        self.model, self._decay, self._steps = copy.deepcopy(model).eval(), decay, 0

    def update(self, model):
        self._steps += 1
        # A short memory at first, so that the random start is soon forgotten.
        decay = min(self._decay, self._steps / (self._steps + 10))
        with torch.no_grad():
            for kept, new in zip(self.model.parameters(), model.parameters()):
                kept.lerp_(new, 1 - decay)


class ClassObjective:
    """What a classifier learns from: (rows of ids, targets [rows, classes]).

    Another kind of model brings an object with the same two methods.
    """

    def lengths(self, examples):
        """What each example costs, in tokens."""
        return [len(row) for row in examples[0]]

    def loss(self, model, examples, batch):
        """(mean loss, tokens) of the examples with these indices."""
        rows, targets = examples
        ids, lengths = pad([rows[index] for index in batch])
        loss = -(targets[batch] * torch.log_softmax(model(ids, lengths), dim=1)).sum(1).mean()
        return loss, int(lengths.sum())


class Stage:
    """Trains `model` in place; `result` is the averaged model that validated best.

    `make_round(number)` gives the examples that `objective` knows; it is called anew for each
    round, so that subwords and cuts can differ. `validate(model)` gives a number, larger is better.
    """

    def __init__(self, name, model, plan, make_round, validate, folder, seed, objective=ClassObjective()):
        self._objective = objective
        self._name, self._model, self._plan, self._seed = name, model, plan, seed
        self._make_round, self._validate, self._folder = make_round, validate, folder
        self._averaged = Averaged(model, plan.average)
        self._optimizer = torch.optim.AdamW(self._groups(), lr=plan.learning_rate, betas=(0.9, 0.98))
        self._best, self._best_state, self._since_best, self._tokens, self._round = -math.inf, None, 0, 0, 0
        self._seconds, self._curve = 0.0, []

    def run(self):
        if self._resume():
            print(f"{self._name}: goes on after round {self._round}", flush=True)
        self._started = time.monotonic() - self._seconds
        while self._done(0) < 1 and self._since_best < self._plan.patience:
            self._one_round()
            self._round += 1
            self._save()
        result = self._averaged.model
        result.load_state_dict(self._best_state)
        return result, {"best": self._best, "seconds": round(self._seconds), "tokens": self._tokens}

    def _groups(self):
        # Decay is for matrices; pulling biases, norms and peepholes to zero only hurts.
        matrices = [p for n, p in self._model.named_parameters() if p.dim() > 1 and "embed" not in n and "bias" not in n]
        others = [p for n, p in self._model.named_parameters() if not (p.dim() > 1 and "embed" not in n and "bias" not in n)]
        return [{"params": matrices, "weight_decay": self._plan.weight_decay}, {"params": others, "weight_decay": 0.0}]

    def _one_round(self):
        seed = self._seed * 1000 + self._round
        torch.manual_seed(seed)
        examples = self._make_round(self._round)
        batches = near_length_batches(self._objective.lengths(examples), self._plan.batch_tokens, seed)
        checks = {round(len(batches) * (part + 1) / self._plan.checks_per_round) for part in range(self._plan.checks_per_round)}
        losses, shown = [], time.monotonic()
        for number, batch in enumerate(batches, 1):
            done = self._done(number / len(batches))
            self._set_rate(done)
            loss, tokens = self._step(examples, batch)
            losses.append(loss)
            self._tokens += tokens
            if time.monotonic() - shown > 20:
                shown = time.monotonic()
                self._show(number / len(batches), losses[-200:])
            if number in checks or done >= 1:
                self._check(number / len(batches), losses)
                losses = []
            if done >= 1:
                break

    def _step(self, examples, batch):
        self._model.train()
        loss, tokens = self._objective.loss(self._model, examples, batch)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), self._plan.clip)
        self._optimizer.step()
        self._averaged.update(self._model)
        return loss.item(), tokens

    def _done(self, part):
        """How much of the schedule is over, 0 to 1, by rounds or by time, whichever is further."""
        spent = (time.monotonic() - self._started) / (60 * self._plan.minutes)
        return min(1.0, max((self._round + part) / self._plan.rounds, spent))

    def _set_rate(self, done):
        warm = min(1.0, done / self._plan.warmup)
        rate = self._plan.learning_rate * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
        for group in self._optimizer.param_groups:
            group["lr"] = rate

    def _check(self, part, losses):
        score = self._validate(self._averaged.model)
        self._seconds = time.monotonic() - self._started
        self._curve.append((round(self._round + part, 3), self._tokens, round(self._seconds), round(sum(losses) / len(losses), 4), round(score, 3)))
        self._since_best += 1
        if score > self._best:
            self._best, self._best_state, self._since_best = score, copy.deepcopy(self._averaged.model.state_dict()), 0
        self._show(part, losses, f" valid {score:.2f} (best {self._best:.2f})")

    def _show(self, part, losses, more=""):
        seconds = time.monotonic() - self._started
        done = self._done(part)
        left = seconds * (1 - done) / max(done, 1e-9)
        print(f"{self._name}: round {self._round + part:.2f}/{self._plan.rounds} loss {sum(losses) / len(losses):.4f} "
              f"{self._tokens / seconds:.0f} tokens/s, {left / 60:.1f} min left{more}", flush=True)

    def _save(self):
        self._folder.mkdir(parents=True, exist_ok=True)
        with open(self._folder / f"{self._name}.csv", "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([("round", "tokens", "seconds", "loss", "valid"), *self._curve])
        state = {"model": self._model.state_dict(), "averaged": self._averaged.model.state_dict(), "steps": self._averaged._steps,
                 "optimizer": self._optimizer.state_dict(), "round": self._round, "best": self._best, "best_state": self._best_state,
                 "since_best": self._since_best, "tokens": self._tokens, "seconds": self._seconds, "curve": self._curve}
        # Written beside and moved, so that a run that is stopped here leaves the older checkpoint whole.
        torch.save(state, self._folder / f"{self._name}.part")
        (self._folder / f"{self._name}.part").replace(self._checkpoint())

    def _resume(self):
        if not self._checkpoint().exists():
            return False
        state = torch.load(self._checkpoint(), map_location=next(self._model.parameters()).device)
        self._model.load_state_dict(state["model"])
        self._averaged.model.load_state_dict(state["averaged"])
        self._averaged._steps = state["steps"]
        self._optimizer.load_state_dict(state["optimizer"])
        self._round, self._best, self._best_state = state["round"], state["best"], state["best_state"]
        self._since_best, self._tokens, self._seconds, self._curve = state["since_best"], state["tokens"], state["seconds"], state["curve"]
        return True

    def _checkpoint(self):
        return self._folder / f"{self._name}.pt"
