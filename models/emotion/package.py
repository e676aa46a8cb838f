"""Reads the packaged encoder and the trained adapters with numpy alone, and puts them together."""
import json

import numpy as np

LAYERS = 6
# Our adapters' names for the linear layers, and the package's.
LINEAR = {"query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
          "attended": "attention.output.dense", "inner": "intermediate.dense", "outer": "output.dense"}
NORMS = {"attention_norm": "attention.output.LayerNorm", "norm": "output.LayerNorm"}


def read_safetensors(path):
    """{name: array} of the float32 tensors: an 8 byte length, a JSON header with offsets, the values."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    tensors = {}
    for name, about in json.loads(data[8:8 + length]).items():
        if name == "__metadata__" or about["dtype"] != "F32":
            continue
        begin, end = (8 + length + offset for offset in about["data_offsets"])
        tensors[name] = np.frombuffer(data[begin:end], "<f4").reshape(about["shape"])
    return tensors


def read_adapters(path):
    """What train.py has stored, as float32; the labels as a list."""
    with np.load(path, allow_pickle=False) as stored:
        adapters = {name: stored[name].astype(np.float32) for name in stored.files if name != "labels"}
        return adapters, [str(name) for name in stored["labels"]]


def merged(packaged, adapters):
    """The encoder's tensors by the package's names, with the adapters in them."""
    tensors = {name: packaged[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")}
    tensors = {f"embeddings.{name}_embeddings.weight": values for name, values in tensors.items()}
    norms = {"embedding_norm": "embeddings.LayerNorm"}
    for layer in range(LAYERS):
        ours, theirs = f"layers.{layer}.", f"encoder.layer.{layer}."
        for name, packaged_name in LINEAR.items():
            change = adapters[f"{ours}{name}.up"] @ adapters[f"{ours}{name}.down"]
            tensors[f"{theirs}{packaged_name}.weight"] = packaged[f"{theirs}{packaged_name}.weight"] + change
            tensors[f"{theirs}{packaged_name}.bias"] = adapters[f"{ours}{name}.bias"]
        norms |= {ours + name: theirs + packaged_name for name, packaged_name in NORMS.items()}
    for name, packaged_name in norms.items():
        for part in ("weight", "bias"):
            tensors[f"{packaged_name}.{part}"] = adapters[f"{name}.{part}"]
    return tensors


def runtime_tensors(packaged, adapters, labels):
    """All that gpu/nets/emotion_net reads. The calibration goes into the last matrix."""
    return {
        **merged(packaged, adapters),
        "head.hidden.weight": adapters["pooled.weight"], "head.hidden.bias": adapters["pooled.bias"],
        "head.output.weight": adapters["output.weight"] * adapters["scale"][:, None],
        "head.output.bias": adapters["output.bias"] * adapters["scale"] + adapters["shift"],
        "thresholds": adapters["thresholds"],
        "labels": np.frombuffer("".join(f"{name}\n" for name in labels).encode(), np.uint8),
    }
