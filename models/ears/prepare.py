"""Takes the two small nets of the ears out of their packages.

    python models/ears/prepare.py --silero FILE --smart-turn FILE --clip WAV --out FOLDER

--silero      silero_vad_16k_op15.onnx of the package silero-vad
--smart-turn  smart-turn-v3.2-cpu.onnx of the package pipecat-ai, where it lies in the unpacked package
--clip        a spoken clip, 16 kHz, mono, 16 bit: beckett.wav of the speech models
--out         gets silero-vad.weights, smart-turn.weights and nets-reference.bin: inputs, and what onnxruntime answers to
              them with the packaged files

Takes about 5 seconds. Needs numpy, onnx and onnxruntime.
"""
import argparse
import wave
from pathlib import Path

import numpy as np
import onnx
import silero
import smart_turn
import tensor_file


def read_clip(path):
    with wave.open(str(path)) as clip:
        if (clip.getframerate(), clip.getnchannels(), clip.getsampwidth()) != (silero.RATE, 1, 2):
            raise ValueError(f"{path} must be 16 kHz, mono, 16 bit")
        return np.frombuffer(clip.readframes(clip.getnframes()), "<i2").astype(np.float32) / 32768


def whole_chunks(samples):
    return samples[:len(samples) // silero.CHUNK * silero.CHUNK]


def voice_reference(model, clip):
    """The clip, silence, noise of two loudnesses, and the clip's beginning under noise."""
    chance = np.random.default_rng(7)
    noise = chance.standard_normal(60 * silero.CHUNK).astype(np.float32)
    spoken = whole_chunks(clip)
    mixed = spoken[:80 * silero.CHUNK] + 0.02 * chance.standard_normal(80 * silero.CHUNK).astype(np.float32)
    samples = np.concatenate([spoken, np.zeros(20 * silero.CHUNK, np.float32), noise[:len(noise) // 2] * 0.3,
                              noise[len(noise) // 2:] * 0.01, mixed]).astype(np.float32)
    return {"voice.samples": samples.reshape(-1, silero.CHUNK), "voice.probabilities": silero.probabilities(model, samples)}


def speech_runs(probabilities):
    """(first chunk, chunk after the last) of each run of speech of at least half a second."""
    speaking = np.concatenate([[False], probabilities > 0.5, [False]])
    edges = np.flatnonzero(speaking[1:] != speaking[:-1]).reshape(-1, 2)
    return [(first, after) for first, after in edges.tolist() if after - first >= 16]


def turn_clips(clip, voice_model):
    """Clips that end a moment after a run of speech, and clips cut in the middle of one; from the clip's beginning."""
    clips = []
    for first, after in speech_runs(silero.probabilities(voice_model, whole_chunks(clip))):
        clips.append(("whole", clip[:(after + 6) * silero.CHUNK]))
        clips.append(("cut", clip[:(first + after) // 2 * silero.CHUNK]))
    return clips


def turn_reference(model, clips):
    """For each clip what the graph answers without quantisation, which the runtime must match, and as it is."""
    exact = smart_turn.open_session(smart_turn.float_model(model))
    quantised = smart_turn.open_session(onnx.load(model))
    tensors = {}
    for index, (kind, samples) in enumerate(clips):
        features = smart_turn.log_mel(model, samples)
        name = f"turn.{index:02}.{kind}"
        tensors[f"{name}.samples"] = samples[-smart_turn.WINDOW:]
        tensors[f"{name}.log_mel"] = features
        tensors[f"{name}.probability"] = smart_turn.probability(exact, features)
        tensors[f"{name}.quantised"] = smart_turn.probability(quantised, features)
    return tensors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--silero", type=Path, required=True, metavar="FILE")
    parser.add_argument("--smart-turn", type=Path, required=True, metavar="FILE")
    parser.add_argument("--clip", type=Path, required=True, metavar="WAV")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    tensor_file.write(args.out / "silero-vad.weights", silero.weights(args.silero))
    tensor_file.write(args.out / "smart-turn.weights", smart_turn.weights(args.smart_turn))
    clip = read_clip(args.clip)
    tensor_file.write(args.out / "nets-reference.bin",
                      {**voice_reference(args.silero, clip), **turn_reference(args.smart_turn, turn_clips(clip, args.silero))})


if __name__ == "__main__":
    main()
