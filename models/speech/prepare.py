"""Prepares the packaged speech models for the runtime.

    python models/speech/prepare.py --moonshine DIR --piper VOICE.onnx --out DIR

--moonshine  the unpacked moonshine_cpp package (holds models/base-en and test-data)
--piper      a Piper voice, with VOICE.onnx.json beside it
--out        gets voice/piper-joe.{onnx,tokens.txt,json} and ears/moonshine-{encoder.onnx,decoder.onnx,tokens.txt}, ears/beckett.wav

Takes about 5 seconds. Needs numpy, onnx and onnxruntime.
"""
import argparse
import json
import shutil
from pathlib import Path

import moonshine
import onnx
import piper

MOONSHINE_MODELS = {"moonshine-encoder.onnx": "encoder_model.ort", "moonshine-decoder.onnx": "decoder_model_merged.ort"}


def prepare_ears(package, out):
    out.mkdir(parents=True, exist_ok=True)
    source = package / "models" / "base-en"
    for target, packaged in MOONSHINE_MODELS.items():
        onnx.save(moonshine.prepare(source / packaged), out / target)
    (out / "moonshine-tokens.txt").write_text(moonshine.tokens_text((source / "tokenizer.bin").read_bytes()))
    shutil.copyfile(package / "test-data" / "beckett.wav", out / "beckett.wav")


def prepare_voice(voice, out):
    out.mkdir(parents=True, exist_ok=True)
    config_path = voice.with_name(voice.name + ".json")
    config = json.loads(config_path.read_text(encoding="utf-8"))
    onnx.save(piper.prepare(onnx.load(voice), config), out / "piper-joe.onnx")
    (out / "piper-joe.tokens.txt").write_text(piper.tokens_text(config), encoding="utf-8")
    shutil.copyfile(config_path, out / "piper-joe.json")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moonshine", type=Path, required=True, metavar="DIR")
    parser.add_argument("--piper", type=Path, required=True, metavar="VOICE.onnx")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    args = parser.parse_args()
    prepare_ears(args.moonshine, args.out / "ears")
    prepare_voice(args.piper, args.out / "voice")


if __name__ == "__main__":
    main()
