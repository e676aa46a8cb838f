"""Makes a Piper voice ready for sherpa-onnx, and lets it tell the duration of each phoneme.

sherpa-onnx wants metadata inside the ONNX file and a tokens file beside it; Piper ships both as JSON. Piper's graph computes
how long each phoneme id lasts and drops that. Here it is kept: the prepared graph has one output of shape [1, 1, samples + ids],
the audio followed by the duration of each phoneme id in hops of HOP_SAMPLES. A text of n code points makes 2 n + 3 ids
(^ _ p1 _ p2 _ ... pn _ $), so whoever knows the text can cut the two apart, and samples = HOP_SAMPLES * sum(durations).
"""
import onnx
from onnx import TensorProto, helper

HOP_SAMPLES = 256
AUDIO_OUTPUT = "output"


def id_count(code_points):
    """How many phoneme ids, and so durations, a text of that many code points makes."""
    return 2 * code_points + 3


def metadata(config):
    """The key-value pairs that sherpa-onnx reads from the model, from Piper's JSON."""
    return {
        "model_type": "vits",
        "comment": "piper",
        "language": "English",
        "voice": config["espeak"]["voice"],
        "has_espeak": 1,
        "n_speakers": config["num_speakers"],
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


def prepare(model, config):
    """The voice as sherpa-onnx and the lips want it. `config` is the voice's JSON."""
    add_metadata(model, config)
    append_durations(model.graph)
    onnx.checker.check_model(model)
    return model
