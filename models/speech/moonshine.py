"""Makes the packaged Moonshine speech recogniser ready for sherpa-onnx.

It is shipped in onnxruntime's own .ort format with 8-bit weights that the graph turns into floats at every run: 125 ms for each
token that is heard. Here the graph is read back as ONNX and each weight is turned into floats once; a token then takes 11 to 18 ms.
"""
import base64
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

# Over constants, these three make up the dequantisation: Cast(int8) -> Mul(scale) -> Add(offset).
FOLDABLE = {
    "Cast": lambda weights: weights.astype(np.float32),
    "Mul": lambda weights, scale: weights * scale,
    "Add": lambda weights, offset: weights + offset,
}


def read_ort(path):
    """An .ort file as an ONNX model, with no optimisation applied."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "model.onnx"
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.optimized_model_filepath = str(written)
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.add_session_config_entry("session.save_model_format", "ONNX")
        onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        return onnx.load(written)


def subgraphs(node):
    """(attribute name, graph) for each branch or body of a node such as If."""
    return [(a.name, a.g) for a in node.attribute if a.type == onnx.AttributeProto.GRAPH]


def name_graphs(graph, name="main"):
    """Names each graph: ONNX demands it, and the .ort format does not keep names."""
    graph.name = graph.name or name
    for index, node in enumerate(graph.node):
        for attribute, inner in subgraphs(node):
            name_graphs(inner, f"{name}_{index}_{attribute}")


def names_read(graph):
    """Every tensor name that a node or an inner graph's output refers to."""
    names = set()
    for node in graph.node:
        names.update(node.input)
        for _, inner in subgraphs(node):
            names |= names_read(inner)
            names.update(output.name for output in inner.output)
    return names


def evaluate_constants(graph):
    """The foldable nodes whose inputs are all constant, and the value that each makes, by tensor name."""
    constants = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    nodes, values = [], {}
    for node in graph.node:
        if node.op_type in FOLDABLE and all(name in constants for name in node.input):
            value = FOLDABLE[node.op_type](*(constants[name] for name in node.input))
            constants[node.output[0]] = values[node.output[0]] = value
            nodes.append(node)
    return nodes, values


def fold_dequantisation(graph):
    """Replaces each dequantisation of a constant by its result, and drops the constants that nobody reads any more."""
    nodes, values = evaluate_constants(graph)
    for node in nodes:
        graph.node.remove(node)
    read = names_read(graph)
    for constant in [i for i in graph.initializer if i.name not in read]:
        graph.initializer.remove(constant)
    graph.initializer.extend(
        numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in values.items() if name in read)


def prepare(ort_path):
    """The model of an .ort file, with float weights."""
    model = read_ort(ort_path)
    name_graphs(model.graph)
    fold_dequantisation(model.graph)
    return model


def split_tokens(data):
    """The tokens of Moonshine's tokenizer.bin: each is a length and that many bytes.

    A length under 128 is one byte; otherwise low, high with length = high * 128 + low - 128.
    """
    tokens, at = [], 0
    while at < len(data):
        length = data[at]
        at += 1
        if length >= 128:
            length += data[at] * 128 - 128
            at += 1
        if at + length > len(data):
            raise ValueError(f"token {len(tokens)} reaches past the end of the file")
        tokens.append(data[at:at + length])
        at += length
    return tokens


def tokens_text(data):
    """sherpa-onnx's tokens file: a line `base64 index` for each token."""
    return "".join(f"{base64.b64encode(token).decode()} {index}\n" for index, token in enumerate(split_tokens(data)))
