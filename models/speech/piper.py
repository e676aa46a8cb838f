"""Makes a Piper voice ready for sherpa-onnx, and lets it tell the duration of each phoneme.

sherpa-onnx wants metadata inside the ONNX file and a tokens file beside it; Piper ships both as JSON. Piper's graph computes
how long each phoneme id lasts and drops that. Here it is kept: the prepared graph has one output of shape [1, 1, samples + ids],
the audio followed by the duration of each phoneme id in hops of HOP_SAMPLES. A text of n code points makes 2 n + 3 ids
(^ _ p1 _ p2 _ ... pn _ $), so whoever knows the text can cut the two apart, and samples = HOP_SAMPLES * sum(durations).

How much melody and rhythm vary is set once in sherpa-onnx, for all texts. What it hands on with each text is the number of a
speaker, which a voice of one speaker has no use for; there it is the liveliness in per cent, by which both noise scales are
multiplied. 0 is the usual one, so that whoever knows nothing of this hears the voice as it was trained.
"""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HOP_SAMPLES = 256
AUDIO_OUTPUT = "output"
SCALES_INPUT = "scales"  # of the sound's noise, of the length, of the durations' noise
SPEAKER_INPUT = "sid"
LIVELINESS_MAX = 150


def id_count(code_points):
    """How many phoneme ids, and so durations, a text of that many code points makes."""
    return 2 * code_points + 3


def has_one_speaker(config):
    """Whether the speaker's number is free. The runtime knows a voice with a liveliness by how many speakers it names."""
    if config["num_speakers"] == LIVELINESS_MAX + 1:
        raise ValueError("the runtime would take this voice's speakers for degrees of liveliness")
    return config["num_speakers"] == 1


def metadata(config):
    """The key-value pairs that sherpa-onnx reads from the model, from Piper's JSON."""
    return {
        "model_type": "vits",
        "comment": "piper",
        "language": "English",
        "voice": config["espeak"]["voice"],
        "has_espeak": 1,
        "n_speakers": LIVELINESS_MAX + 1 if has_one_speaker(config) else config["num_speakers"],
        "sample_rate": config["audio"]["sample_rate"],
    }


def tokens_text(config):
    """sherpa-onnx's tokens file: a line `symbol id` for each phoneme. The line break can't be a symbol there."""
    symbols = config["phoneme_id_map"].items()
    return "".join(f"{symbol} {ids[0]}\n" for symbol, ids in symbols if symbol != "\n")


def add_metadata(model, config):
    for key, value in metadata(config).items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, str(value)


def find_durations(graph):
    """The tensor of durations: the graph rounds it up to whole hops, and rounds nothing else."""
    rounded = [node.output[0] for node in graph.node if node.op_type == "Ceil"]
    if len(rounded) != 1:
        raise ValueError(f"the voice has {len(rounded)} Ceil nodes; one was expected, on the durations")
    return rounded[0]


def append_durations(graph):
    """Changes the graph's output from audio to audio and durations, end to end."""
    durations = find_durations(graph)
    for node in graph.node:
        node.output[:] = ["audio" if name == AUDIO_OUTPUT else name for name in node.output]
    graph.initializer.append(helper.make_tensor("one_row", TensorProto.INT64, [3], [1, 1, -1]))
    graph.node.extend([
        helper.make_node("Reshape", ["audio", "one_row"], ["audio_row"]),
        helper.make_node("Reshape", [durations, "one_row"], ["durations_row"]),
        helper.make_node("Concat", ["audio_row", "durations_row"], [AUDIO_OUTPUT], axis=2),
    ])


def rename_reads(graph, name, other):
    for node in graph.node:
        node.input[:] = [other if read == name else read for read in node.input]


def free_name(graph, name):
    """Piper's exporter gives the weights of a voice with one speaker the names of inputs that are left out."""
    for weights in graph.initializer:
        if weights.name == name:
            weights.name = f"{name}_weights"
            rename_reads(graph, name, weights.name)


def take_liveliness(graph):
    """Gives the graph the number of a speaker, as sherpa-onnx names it, that is the liveliness."""
    factors = np.ones((LIVELINESS_MAX + 1, 3), dtype=np.float32)
    factors[1:, (0, 2)] = np.arange(1, LIVELINESS_MAX + 1, dtype=np.float32)[:, None] / 100
    rename_reads(graph, SCALES_INPUT, "lively_scales")
    free_name(graph, SPEAKER_INPUT)
    graph.input.append(helper.make_tensor_value_info(SPEAKER_INPUT, TensorProto.INT64, [1]))
    graph.initializer.extend([
        numpy_helper.from_array(factors, "liveliness_factors"),
        helper.make_tensor("three_scales", TensorProto.INT64, [1], [3]),
    ])
    first = [
        helper.make_node("Gather", ["liveliness_factors", SPEAKER_INPUT], ["liveliness_row"], axis=0),
        helper.make_node("Reshape", ["liveliness_row", "three_scales"], ["liveliness"]),
        helper.make_node("Mul", [SCALES_INPUT, "liveliness"], ["lively_scales"]),
    ]
    for node in reversed(first):  # what is read comes before who reads it
        graph.node.insert(0, node)


def prepare(model, config):
    """The voice as sherpa-onnx and the lips want it. `config` is the voice's JSON."""
    add_metadata(model, config)
    append_durations(model.graph)
    if has_one_speaker(config):
        take_liveliness(model.graph)
    onnx.checker.check_model(model)
    return model
