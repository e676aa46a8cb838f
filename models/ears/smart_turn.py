"""Pipecat's smart-turn: its int8 weights as floats, its features, and what the graph answers with and without quantisation."""
import importlib.util

import numpy as np
import onnx
import onnxruntime

WINDOW = 8 * 16000  # samples that the net hears


def dequantised(graph):
    """{name of a DequantizeLinear's output: float array} for all that dequantise a constant."""
    constants = {i.name: onnx.numpy_helper.to_array(i) for i in graph.initializer}
    found = {}
    for node in graph.node:
        if node.op_type != "DequantizeLinear" or node.input[0] not in constants:
            continue
        values, scale, zero = (constants[name] for name in node.input)
        axis = next((a.i for a in node.attribute if a.name == "axis"), 1)
        if scale.size > 1:
            along = [1] * values.ndim
            along[axis] = scale.size
            scale, zero = scale.reshape(along), zero.reshape(along)
        found[node.output[0]] = (values.astype(np.float32) - zero.astype(np.float32)) * scale.astype(np.float32)
    floats = {name: values for name, values in constants.items() if values.dtype == np.float32}
    return {**floats, **found}


def matrix_of_bias(graph):
    """{bias: weight}: the matrix of each MatMul whose result, quantised and back, a named bias is added to."""
    maker = {output: node for node in graph.node for output in node.output}
    found = {}
    for node in graph.node:
        if node.op_type != "Add" or not node.input[1].endswith(".bias"):
            continue
        source = maker[node.input[0]]
        while source.op_type in ("DequantizeLinear", "QuantizeLinear"):
            source = maker[source.input[0]]
        if source.op_type != "MatMul":
            raise ValueError(f"{node.input[1]} is added to a {source.op_type}")
        found[node.input[1]] = source.input[1]
    return found


def key_matrices(graph, known):
    """The matrices of the keys, which have no bias, layer by layer: those that nothing else has claimed."""
    names = []
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[0].startswith("layer_norm") and node.input[1].startswith("val_"):
            if node.input[1] not in known:
                names.append(node.input[1])
    return names


def weights(path):
    """Matrices are [inputs, outputs], as x @ W wants them; convolutions [outputs, inputs, 3]; Gemms [outputs, inputs]."""
    graph = onnx.load(path).graph
    values = dequantised(graph)
    of_bias = matrix_of_bias(graph)
    keys = key_matrices(graph, set(of_bias.values()))
    if len(keys) != 4:
        raise ValueError(f"{path} has {len(keys)} key matrices instead of 4; it must be smart-turn-v3.2-cpu.onnx")
    tensors = {}
    for name, array in values.items():
        if not name.startswith("inner.") or name.endswith("_scale"):
            continue
        name = name.removesuffix("_DequantizeLinear_Output")
        tensors[name.removeprefix("inner.")] = array
    for bias, matrix in of_bias.items():
        tensors[bias.removeprefix("inner.").removesuffix("bias") + "weight"] = values[matrix]
    for layer, matrix in enumerate(keys):
        tensors[f"encoder.layers.{layer}.self_attn.k_proj.weight"] = values[matrix]
    return dict(sorted(tensors.items()))


def log_mel(model, samples):
    """The features of a clip by the package's own code, which lies beside the model's folder: [80, 800]."""
    source = model.parent.parent / "_whisper_features.py"
    spec = importlib.util.spec_from_file_location("whisper_features", source)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    heard = samples[-WINDOW:]
    return module.compute_whisper_log_mel_features(np.pad(heard, (WINDOW - len(heard), 0)), do_normalize=True)


def float_model(path):
    """The graph without quantisation: its constants as floats, and its activations neither rounded nor clipped."""
    model = onnx.load(path)
    graph = model.graph
    constants = dequantised(graph)
    nodes = []
    for node in graph.node:
        if node.op_type == "DequantizeLinear" and node.output[0] in constants:
            graph.initializer.append(onnx.numpy_helper.from_array(constants[node.output[0]], node.output[0]))
        elif node.op_type in ("QuantizeLinear", "DequantizeLinear"):
            nodes.append(onnx.helper.make_node("Identity", node.input[:1], node.output))
        else:
            nodes.append(node)
    del graph.node[:], graph.value_info[:]
    graph.node.extend(nodes)
    return model


def open_session(model):
    """A session that computes in float on every processor: with its optimisations off, onnxruntime rounds a quantised graph as
    the graph says, and doesn't choose int8 kernels whose rounding differs between processors."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def probability(session, features):
    return session.run(None, {"input_features": features[None]})[0][0, 0]
