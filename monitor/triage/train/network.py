"""The transformer of tier B in torch, as it is trained; its weights have the names of `graph.py`."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np

from monitor.triage.model.pieces import BEGIN, END, Pieces
from monitor.triage.train import graph

_LONGEST = 160
_DROPPED = 0.1
_RATE_OF_HEADS, _RATE_OF_PIECES, _FADE = 10.0, 0.2, 0.9
"""Times the rate of the uppermost layer; each layer below learns slower by the last."""


class Network:
    """Texts in, one value per head out."""

    def __init__(self, weights: dict[str, Any], pieces: Pieces, heads: int, seed: int) -> None:
        """`weights`: arrays by name; heads that are not among them begin near zero."""
        import torch

        torch.manual_seed(seed)
        self.torch, self.pieces = torch, pieces
        self.weights = {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in weights.items()}
        self.weights.setdefault("head.weight", 0.02 * torch.randn(heads, graph.WIDTH))
        self.weights.setdefault("head.bias", torch.zeros(heads))
        self.ids = cache(self._ids)
        self.training = False

    def trained(self) -> Iterator[tuple[str, float, float]]:
        """Names that change, the rate of each as a multiple, and its decay; places and kinds stay."""
        for name in self.weights:
            decay = 0.01 if self.weights[name].dim() > 1 else 0.0
            if name.startswith("head."):
                yield name, _RATE_OF_HEADS, 0.0
            elif name.startswith("layers."):
                yield name, _FADE ** (graph.LAYERS - 1 - int(name.split(".")[1])), decay
            elif name == "word.weight":
                yield name, _RATE_OF_PIECES, 0.0

    def _ids(self, text: str) -> list[int]:
        ids, room = self.pieces.ids(text), _LONGEST - 2
        ids = ids if len(ids) <= room else ids[: 2 * room // 3] + ids[-(room - 2 * room // 3) :]
        return [BEGIN, *ids, END]

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
        near = self._drop(self.torch.softmax(near, -1)).to(content.dtype)
        seen = (near @ content).transpose(1, 2).reshape(many, length, width)
        value = self._norm(value + self._drop(self._linear(seen, f"{name}.ao")), f"{name}.aln")
        wide = self.torch.nn.functional.gelu(self._linear(value, f"{name}.fi"))
        return self._norm(value + self._drop(self._linear(wide, f"{name}.fo")), f"{name}.oln")

    def __call__(self, texts: Sequence[str]) -> Any:
        """Texts x heads, log odds."""
        torch = self.torch
        rows = [torch.tensor(self.ids(text)) for text in texts]
        ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=END)
        mask = (torch.arange(ids.shape[1])[None] < torch.tensor([[len(row)] for row in rows])).float()
        hidden = (1 - mask[:, None, None, :]) * -1e4
        value = torch.nn.functional.embedding(ids, self.weights["word.weight"])
        value = self._drop(self._norm(value + self.weights["pos.weight"][: ids.shape[1]] + self.weights["typ"], "eln"))
        with torch.autocast("cpu", torch.bfloat16):
            for place in range(graph.LAYERS):
                value = self._layer(place, value, hidden)
        mean = (value.float() * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return self._linear(self._drop(mean), "head")

    def said(self, texts: Sequence[str]) -> Any:
        """Texts x heads as an array, nothing learnt, one text at a time."""
        with self.torch.no_grad():
            return np.concatenate([self([text]).numpy() for text in texts])

    def arrays(self) -> dict[str, Any]:
        """The weights as they are now."""
        return {name: value.detach().numpy() for name, value in self.weights.items()}
