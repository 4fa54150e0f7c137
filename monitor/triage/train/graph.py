"""The fine-tuned transformer as an ONNX graph: eight bits a weight, embeddings with one scale a row.

Needs `onnx` and `onnx_ir` beside `onnxruntime`, as training does and the product does not.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

WIDTH, HEADS, LAYERS = 384, 12, 12
_EPSILON = 1e-12
_OPSET = 20
_BLOCK, _ZERO = 64, 128
"""Weights that share a scale, and the byte that stands for none."""


class _Graph:
    """Nodes and numbers, collected in order."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.numbers: list[Any] = []

    def number(self, name: str, value: Any) -> str:
        from onnx import numpy_helper

        self.numbers.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def do(self, kind: str, *inputs: str, out: str | None = None, **attributes: Any) -> str:
        from onnx import helper

        name = out or f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def norm(self, value: str, weights: Mapping[str, Any], prefix: str) -> str:
        gain = self.number(f"{prefix}.weight", weights[f"{prefix}.weight"])
        shift = self.number(f"{prefix}.bias", weights[f"{prefix}.bias"])
        return self.do("LayerNormalization", value, gain, shift, axis=-1, epsilon=_EPSILON)

    def linear(self, value: str, weight: Any, bias: Any, name: str) -> str:
        """`weight` as torch keeps it: out x in."""
        product = self.do("MatMul", value, self.number(f"{name}.weight", weight.T))
        return self.do("Add", product, self.number(f"{name}.bias", bias))


def _layer(graph: _Graph, weights: Mapping[str, Any], place: int, value: str, hidden: str) -> str:
    prefix = f"layers.{place}"
    three = [np.concatenate([weights[f"{prefix}.{name}.{part}"] for name in "qkv"]) for part in ("weight", "bias")]
    joined = graph.linear(value, three[0], three[1], f"{prefix}.qkv")
    apart = graph.do("Transpose", graph.do("Reshape", joined, "shape.apart"), perm=[2, 0, 3, 1, 4])
    query, key, content = (graph.do("Gather", apart, f"place.{n}", axis=0) for n in range(3))
    near = graph.do("MatMul", query, graph.do("Transpose", key, perm=[0, 1, 3, 2]))
    shares = graph.do("Softmax", graph.do("Add", graph.do("Mul", near, "unit"), hidden), axis=-1)
    seen = graph.do("Transpose", graph.do("MatMul", shares, content), perm=[0, 2, 1, 3])
    together = graph.do("Reshape", seen, "shape.together")
    out = graph.linear(together, weights[f"{prefix}.ao.weight"], weights[f"{prefix}.ao.bias"], f"{prefix}.ao")
    value = graph.norm(graph.do("Add", value, out), weights, f"{prefix}.aln")
    wide = graph.linear(value, weights[f"{prefix}.fi.weight"], weights[f"{prefix}.fi.bias"], f"{prefix}.fi")
    back = graph.do("Gelu", wide)
    out = graph.linear(back, weights[f"{prefix}.fo.weight"], weights[f"{prefix}.fo.bias"], f"{prefix}.fo")
    return graph.norm(graph.do("Add", value, out), weights, f"{prefix}.oln")


def _embedded(graph: _Graph, weights: Mapping[str, Any]) -> str:
    """Rows of the table, each with its own scale, plus places, normed."""
    table = weights["word.weight"]
    scale = (np.abs(table).max(1, keepdims=True) / 127).astype(np.float32)
    small = np.round(table / np.maximum(scale, 1e-9)).astype(np.int8)
    rows = graph.do("Cast", graph.do("Gather", graph.number("word", small), "ids"), to=1)
    rows = graph.do("Mul", rows, graph.do("Gather", graph.number("word.scale", scale), "ids"))
    length = graph.do("Gather", graph.do("Shape", "ids"), "place.1", axis=0)
    places = graph.number("places", (weights["pos.weight"] + weights["typ"]).astype(np.float32))
    row = graph.do("Slice", places, "zero", graph.do("Unsqueeze", length, "zero"))
    return graph.norm(graph.do("Add", rows, row), weights, "eln")


def model(weights: Mapping[str, Any]) -> Any:
    """The float graph: ids (n x length, int64) and mask (the same, 0 or 1) to one value a head."""
    from onnx import TensorProto, helper

    graph = _Graph()
    for number in range(3):
        graph.number(f"place.{number}", np.int64(number))
    graph.number("zero", np.array([0], np.int64))
    graph.number("ones", np.array([1, 2], np.int64))
    graph.number("last", np.array([2], np.int64))
    graph.number("unit", np.float32((WIDTH // HEADS) ** -0.5))
    graph.number("one", np.float32(1))
    graph.number("far", np.float32(-1e4))
    graph.number("shape.apart", np.array([0, 0, 3, HEADS, WIDTH // HEADS], np.int64))
    graph.number("shape.together", np.array([0, 0, WIDTH], np.int64))
    value = _embedded(graph, weights)
    hidden = graph.do("Mul", graph.do("Sub", "one", graph.do("Unsqueeze", "mask", "ones")), "far")
    for place in range(LAYERS):
        value = _layer(graph, weights, place, value, hidden)
    wide = graph.do("Unsqueeze", "mask", "last")
    total = graph.do("ReduceSum", graph.do("Mul", value, wide), "place.one", keepdims=0)
    graph.number("place.one", np.array([1], np.int64))
    mean = graph.do("Div", total, graph.do("ReduceSum", "mask", "place.one", keepdims=1))
    head = graph.number("head.weight", weights["head.weight"].T)
    graph.do("Add", graph.do("Gemm", mean, head), graph.number("head.bias", weights["head.bias"]), out="values")
    whole = helper.make_graph(
        graph.nodes, "strong",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["n", "length"]),
         helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["n", "length"])],
        [helper.make_tensor_value_info("values", TensorProto.FLOAT, ["n", "heads"])],
        graph.numbers,
    )  # fmt: skip
    return helper.make_model(whole, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=9)


def write(weights: Mapping[str, Any], path: Path) -> None:
    """The graph with weights of eight bits as a file of about 34 MB.

    Blocks of 64 share a scale, and so do blocks of what flows through: one scale for a whole text cost 0.02 AUC.
    """
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    logging.getLogger("onnxruntime.quantization").setLevel(logging.WARNING)  # it has several lines for each node
    small = MatMulNBitsQuantizer(model(weights), bits=8, block_size=_BLOCK, is_symmetric=True, accuracy_level=4)
    small.process()
    small.model.save_model_to_file(str(path))


def read(path: Path) -> dict[str, Any]:
    """The weights of a written graph by the names of `write`, as near as eight bits keep them.

    The kinds were added to the places when it was written; they are all nought here.
    """
    from onnx import load, numpy_helper

    stored = {one.name: numpy_helper.to_array(one) for one in load(path).graph.initializer}
    found: dict[str, Any] = {name: stored[name] for name in ("eln.weight", "eln.bias", "head.bias")}
    found["head.weight"] = stored["head.weight"].T
    found["word.weight"] = stored["word"] * stored["word.scale"]
    found |= {"pos.weight": stored["places"], "typ": np.zeros(WIDTH, np.float32)}
    for place in range(LAYERS):
        prefix = f"layers.{place}"
        for name in ("ao", "fi", "fo"):
            found[f"{prefix}.{name}.weight"] = _matrix(stored, f"{prefix}.{name}.weight")
        for name, part in zip("qkv", np.split(_matrix(stored, f"{prefix}.qkv.weight"), 3), strict=True):
            found[f"{prefix}.{name}.weight"] = part
        for name, part in zip("qkv", np.split(stored[f"{prefix}.qkv.bias"], 3), strict=True):
            found[f"{prefix}.{name}.bias"] = part
        kept = ("ao.bias", "fi.bias", "fo.bias", "aln.weight", "aln.bias", "oln.weight", "oln.bias")
        found |= {f"{prefix}.{name}": stored[f"{prefix}.{name}"] for name in kept}
    return {name: np.array(value, np.float32, order="C") for name, value in found.items()}


def _matrix(stored: Mapping[str, Any], name: str) -> Any:
    """Out x in, as torch keeps it."""
    blocks = stored[f"{name}_Q8"]
    scales = stored[f"{name}_scales"].reshape(*blocks.shape[:2], 1)
    return ((blocks.astype(np.float32) - _ZERO) * scales).reshape(blocks.shape[0], -1)
