"""How good probabilities of 28 labels are, and what makes them better: for each label a calibration and a threshold."""
import numpy as np

THRESHOLDS = np.arange(0.02, 0.90, 0.01)
BINS = 15


def sigmoid(logits):
    return 1 / (1 + np.exp(-logits))


def best_calibration(logits, labels, pull=5.0, rounds=30):
    """(scale, shift) for each label, to be applied to its logits: an inverse temperature and an offset, those of the
    least loss. `pull` keeps the pair of a label with few examples near (1, 0). Newton's method."""
    start = np.array([1.0, 0.0])
    found = np.tile(start, (labels.shape[1], 1))
    for label, pair in enumerate(found):
        inputs = np.stack([logits[:, label], np.ones(len(logits))], 1).astype(np.float64)
        for _ in range(rounds):
            said = sigmoid(inputs @ pair)
            slope = inputs.T @ (said - labels[:, label]) + pull * (pair - start)
            curvature = (inputs * (said * (1 - said))[:, None]).T @ inputs + pull * np.eye(2)
            pair -= np.linalg.solve(curvature, slope)
    return found.T


def calibration_error(probabilities, outcomes):
    """Expected calibration error over 15 bins of equal width: the distance between what is said and what happens."""
    probabilities, outcomes = probabilities.ravel(), outcomes.ravel()
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    error = 0.0
    for one in np.unique(bins):
        inside = bins == one
        error += inside.mean() * abs(probabilities[inside].mean() - outcomes[inside].mean())
    return float(error)


def f1(hits, predicted, actual):
    """2 hits / (predicted + actual); 0 where there is nothing to find and nothing found."""
    total = predicted + actual
    return np.divide(2 * hits, total, out=np.zeros(np.shape(total)), where=total > 0)


def f1_scores(predicted, labels):
    """(macro F1 over the labels, micro F1, F1 of each label)."""
    hits, predicted, actual = (predicted * labels).sum(0), predicted.sum(0), labels.sum(0)
    each = f1(hits, predicted, actual)
    return float(each.mean()), float(f1(hits.sum(), predicted.sum(), actual.sum())), each


def best_thresholds(probabilities, labels, seed, samples=200):
    """For each label the threshold with the best F1, averaged over resampled comments: a rare label has few
    of them, and the best of a single sample would be chance."""
    chance = np.random.default_rng(seed)
    counts = chance.multinomial(len(labels), np.full(len(labels), 1 / len(labels)), samples).astype(np.float32)
    found = np.zeros(labels.shape[1])
    for label in range(labels.shape[1]):
        above = (probabilities[:, label, None] >= THRESHOLDS).astype(np.float32)
        actual = labels[:, label]
        hits = counts @ (above * actual[:, None])
        curve = f1(hits, counts @ above, (counts @ actual)[:, None]).mean(0)
        found[label] = THRESHOLDS[int(curve.argmax())]
    return found
