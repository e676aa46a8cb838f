"""Silero's voice activity net: its weights, and what the original answers."""
import numpy as np
import onnx
import onnxruntime

RATE = 16000
CHUNK = 512
CONTEXT = 64

# Name in our file: name of the initializer. The file silero_vad_16k_op15.onnx holds the net for 16 kHz alone.
TENSORS = {
    "stft.basis": "model.stft.forward_basis_buffer",
    **{f"encoder.{i}.{part}": f"model.encoder.{i}.reparam_conv.{part}" for i in range(4) for part in ("weight", "bias")},
    **{f"lstm.{part}": f"model.decoder.rnn.{part}" for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")},
    "output.weight": "model.decoder.decoder.2.weight",
    "output.bias": "model.decoder.decoder.2.bias",
}


def weights(path):
    found = {i.name: onnx.numpy_helper.to_array(i) for i in onnx.load(path).graph.initializer}
    missing = [name for name in TENSORS.values() if name not in found]
    if missing:
        raise ValueError(f"{path} lacks {missing[0]}; it must be silero_vad_16k_op15.onnx of silero-vad 6")
    return {name: found[original] for name, original in TENSORS.items()}


def probabilities(path, samples):
    """The original's answers to whole chunks of 512 samples, one conversation from its beginning."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    state = np.zeros((2, 1, 128), np.float32)
    context = np.zeros(CONTEXT, np.float32)
    found = []
    for chunk in samples.reshape(-1, CHUNK):
        given = {"input": np.concatenate([context, chunk])[None], "state": state, "sr": np.array(RATE, np.int64)}
        probability, state = session.run(None, given)
        context = chunk[-CONTEXT:]
        found.append(probability[0, 0])
    return np.array(found, np.float32)
