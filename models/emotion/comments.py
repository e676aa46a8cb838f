"""GoEmotions: comments with any of 28 labels each, as token ids."""
import numpy as np

LABEL_COUNT = 28


def read_labels(folder):
    """The names of the labels in the order of their indices."""
    names = (folder / "labels.txt").read_text(encoding="utf-8").split()
    if len(names) != LABEL_COUNT:
        raise ValueError(f"{folder / 'labels.txt'} names {len(names)} labels instead of {LABEL_COUNT}")
    return names


def read_part(folder, part):
    """(texts, labels [comments, 28] of 0 and 1) of train, dev or test."""
    texts, rows = [], []
    for line in (folder / f"{part}.tsv").read_text(encoding="utf-8").split("\n"):
        if not line:
            continue
        text, indices, _ = line.split("\t")
        texts.append(text)
        rows.append([int(index) for index in indices.split(",")])
    labels = np.zeros((len(rows), LABEL_COUNT), np.float32)
    for row, indices in zip(labels, rows):
        row[indices] = 1
    return texts, labels


def padded(ids):
    """(ids [sentences, longest], mask of the same shape: which are no padding)."""
    longest = max(len(one) for one in ids)
    made = np.zeros((len(ids), longest), np.int64)
    mask = np.zeros((len(ids), longest), bool)
    for row, (one, is_there) in enumerate(zip(ids, mask)):
        made[row, :len(one)] = one
        is_there[:len(one)] = True
    return made, mask


def batches_by_length(lengths, size, chance=None):
    """Indices in batches of sentences of like length. With a random generator their order and company change at each call."""
    order = np.arange(len(lengths)) if chance is None else chance.permutation(len(lengths))
    pool = len(order) if chance is None else 50 * size
    batches = []
    for begin in range(0, len(order), pool):
        some = order[begin:begin + pool]
        some = some[np.argsort(lengths[some], kind="stable")]
        batches += [some[i:i + size] for i in range(0, len(some), size)]
    if chance is not None:
        chance.shuffle(batches)
    return batches
