"""The recall task: a symbol, a gap of noise, a question; the answer is the symbol (after Hochreiter and Schmidhuber 1997).

Everything between symbol and question is drawn from other symbols, so the only difficulty is the
distance. Readers answer from their last state, and read in one direction.
"""
import torch
from torch import nn

from .blocks import Block
from .heads import sinusoids
from .recurrence import recurrence

ARCHITECTURES = ("rnn", "lstm", "gru", "transformer")
ITEMS, NOISE = 8, 8
_QUESTION = ITEMS + NOISE


def sequences(count, gap, generator):
    """(ids [count, gap + 2], answers [count])."""
    answers = torch.randint(0, ITEMS, (count, 1), generator=generator)
    noise = torch.randint(ITEMS, ITEMS + NOISE, (count, gap), generator=generator)
    return torch.cat([answers, noise, torch.full((count, 1), _QUESTION)], dim=1), answers.squeeze(1)


class RecurrentReader(nn.Module):
    def __init__(self, architecture, width):
        super().__init__()
        self.embed = nn.Embedding(_QUESTION + 1, width)
        self.net = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[architecture](width, width, batch_first=True)
        self.head = nn.Linear(width, ITEMS)
        if architecture == "lstm":
            # Forget gates begin open, as is usual since Gers et al. (2000).
            nn.init.constant_(self.net.bias_ih_l0.data[width:2 * width], 1.0)

    def forward(self, ids):
        return self.head(recurrence(self.net, self.embed(ids))[0][:, -1])


class TransformerReader(nn.Module):
    def __init__(self, width, layers=2, heads=4):
        super().__init__()
        self.embed = nn.Embedding(_QUESTION + 1, width)
        self.blocks = nn.ModuleList(Block(width, heads, 2 * width, 0.0) for _ in range(layers))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, ITEMS)

    def forward(self, ids):
        states = self.embed(ids) + sinusoids(ids.shape[1], self.embed.embedding_dim)
        for block in self.blocks:
            states, _ = block(states, 0.0)
        return self.head(self.norm(states)[:, -1])


def build_reader(architecture, width=64):
    return TransformerReader(width) if architecture == "transformer" else RecurrentReader(architecture, width)


def learn(architecture, gap, seed, most_batches, rate=2e-3, batch=32):
    """(percent right on fresh sequences, training sequences seen); ends early once nothing is wrong."""
    torch.manual_seed(seed)
    model, generator = build_reader(architecture), torch.Generator().manual_seed(seed + 1)
    unseen = sequences(1000, gap, torch.Generator().manual_seed(0))
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    right, done = 0.0, 0
    while done < most_batches and right < 100:
        for _ in range(min(100, most_batches - done)):
            done += 1
            for group in optimizer.param_groups:
                group["lr"] = rate * min(1.0, done / 50)
            ids, answers = sequences(batch, gap, generator)
            optimizer.zero_grad(set_to_none=True)
            nn.functional.cross_entropy(model(ids), answers).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        right = _right(model, *unseen)
    return right, done * batch


def _right(model, ids, answers):
    with torch.no_grad():
        # In parts: the attention of a thousand long rows at once takes a gigabyte.
        found = torch.cat([model(part).argmax(1) for part in ids.split(100)])
    return round(100 * (found == answers).float().mean().item(), 1)
