"""Checks the trained adapters, what the set-up makes of them, and how they are measured.

    .deps/venv/bin/python tests/models/emotion/prepared_emotion_test.py
"""
import json
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[3]
EMOTION = ROOT / "models" / "emotion"
PREPARED = ROOT / ".deps" / "models" / "emotion"
sys.path[:0] = [str(EMOTION), str(ROOT / "models" / "ears")]

import comments  # noqa: E402
import package  # noqa: E402
import scores  # noqa: E402
import sentences  # noqa: E402
import tensor_file  # noqa: E402


class Adapters(unittest.TestCase):
    def setUp(self):
        self.adapters, self.labels = package.read_adapters(EMOTION / "adapters.npz")

    def test_every_linear_layer_has_one(self):
        for layer in range(package.LAYERS):
            for name in package.LINEAR:
                down = self.adapters[f"layers.{layer}.{name}.down"]
                up = self.adapters[f"layers.{layer}.{name}.up"]
                self.assertEqual(down.shape[0], up.shape[1])
                self.assertGreater(np.abs(up @ down).max(), 0)

    def test_the_labels_are_those_that_the_figures_were_measured_for(self):
        figures = json.loads((EMOTION / "figures.json").read_text())
        self.assertEqual(list(figures["dev"]["f1"]), self.labels)
        self.assertEqual(self.adapters["thresholds"].shape, (comments.LABEL_COUNT,))

    def test_the_file_is_small(self):
        self.assertLess((EMOTION / "adapters.npz").stat().st_size, 5e6)


class Prepared(unittest.TestCase):
    def test_the_weights_are_the_package_s_with_the_adapters_in_them(self):
        tensors = tensor_file.read(PREPARED / "emotion.weights")
        adapters, labels = package.read_adapters(EMOTION / "adapters.npz")
        for layer in range(package.LAYERS):
            for packaged_name in package.LINEAR.values():
                self.assertEqual(tensors[f"encoder.layer.{layer}.{packaged_name}.weight"].ndim, 2)
        self.assertEqual(tensors["embeddings.word_embeddings.weight"].shape, (30522, 384))
        np.testing.assert_allclose(tensors["head.output.weight"] / adapters["scale"][:, None], adapters["output.weight"], rtol=1e-5)
        np.testing.assert_allclose(tensors["head.output.bias"],
                                   adapters["output.bias"] * adapters["scale"] + adapters["shift"], rtol=1e-5)
        self.assertEqual(bytes(tensors["labels"].astype(np.uint8)).decode().split(), labels)

    def test_the_reference_has_every_sentence_with_its_ids_and_probabilities(self):
        reference = tensor_file.read(PREPARED / "emotion-reference.bin")
        self.assertEqual(len(reference), 3 * len(sentences.ALL))
        for index, text in enumerate(sentences.ALL):
            self.assertEqual(bytes(reference[f"{index:03}.text"].astype(np.uint8)).decode(), text)
            ids = reference[f"{index:03}.ids"]
            self.assertEqual((ids[0], ids[-1]), (101, 102))
            self.assertLessEqual(len(ids), 64)
            self.assertEqual(reference[f"{index:03}.probabilities"].shape, (comments.LABEL_COUNT,))


class Merging(unittest.TestCase):
    def test_an_adapter_beside_a_matrix_is_the_sum_of_both_in_it(self):
        chance = np.random.default_rng(3)
        packaged = {f"embeddings.{n}_embeddings.weight": chance.normal(size=(4, 8)) for n in ("word", "position", "token_type")}
        adapters = {f"embedding_norm.{part}": chance.normal(size=8) for part in ("weight", "bias")}
        for layer in range(package.LAYERS):
            for name, packaged_name in package.LINEAR.items():
                packaged[f"encoder.layer.{layer}.{packaged_name}.weight"] = chance.normal(size=(8, 8))
                adapters |= {f"layers.{layer}.{name}.{part}": chance.normal(size=shape)
                             for part, shape in (("up", (8, 2)), ("down", (2, 8)), ("bias", 8))}
            adapters |= {f"layers.{layer}.{norm}.{part}": chance.normal(size=8)
                         for norm in package.NORMS for part in ("weight", "bias")}
        x = chance.normal(size=8)
        key = "layers.3.inner."
        beside = (packaged["encoder.layer.3.intermediate.dense.weight"] @ x + adapters[key + "up"] @ (adapters[key + "down"] @ x)
                  + adapters[key + "bias"])
        tensors = package.merged(packaged, adapters)
        found = tensors["encoder.layer.3.intermediate.dense.weight"] @ x + tensors["encoder.layer.3.intermediate.dense.bias"]
        np.testing.assert_allclose(found, beside)
        np.testing.assert_array_equal(tensors["encoder.layer.5.output.LayerNorm.bias"], adapters["layers.5.norm.bias"])


class Comments(unittest.TestCase):
    def test_a_comment_has_each_of_its_labels(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "dev.tsv").write_text("one \u2028 line\t0,27\tid1\nthe other\t3\tid2\n", encoding="utf-8")
            texts, labels = comments.read_part(Path(folder), "dev")
        self.assertEqual(texts, ["one \u2028 line", "the other"])
        self.assertEqual([list(np.flatnonzero(row)) for row in labels], [[0, 27], [3]])

    def test_batches_hold_every_sentence_once_and_those_of_like_length_together(self):
        lengths = np.random.default_rng(1).integers(3, 60, 1000)
        for chance in (None, np.random.default_rng(2)):
            batches = comments.batches_by_length(lengths, 32, chance)
            self.assertEqual(sorted(np.concatenate(batches)), list(range(1000)))
            self.assertLess(np.mean([np.ptp(lengths[batch]) for batch in batches]), 6)

    def test_padding_is_masked(self):
        ids, mask = comments.padded([[5, 6, 7], [8]])
        self.assertEqual(ids.tolist(), [[5, 6, 7], [8, 0, 0]])
        self.assertEqual(mask.tolist(), [[True] * 3, [True, False, False]])


class Scores(unittest.TestCase):
    def test_f1_counts_hits_twice_against_all_that_was_said_and_is_true(self):
        predicted = np.array([[1, 0], [1, 0], [0, 0]], bool)
        labels = np.array([[1, 0], [0, 0], [1, 1]], np.float32)
        macro, micro, each = scores.f1_scores(predicted, labels)
        np.testing.assert_allclose(each, [0.5, 0])
        self.assertAlmostEqual(macro, 0.25)
        self.assertAlmostEqual(micro, 2 / 5)

    def test_the_calibration_undoes_what_made_the_logits_too_large_or_moved_them(self):
        chance = np.random.default_rng(4)
        logits = chance.normal(size=(20000, 2)) * 2
        labels = (chance.random(logits.shape) < scores.sigmoid(logits)).astype(np.float32)
        scale, shift = scores.best_calibration(logits * [1.6, 1] + [0, 0.8], labels)
        np.testing.assert_allclose(scale, [1 / 1.6, 1], atol=0.05)
        np.testing.assert_allclose(shift, [0, -0.8], atol=0.05)

    def test_a_label_without_examples_is_hardly_moved(self):
        logits = np.full((4, 1), -3.0)
        scale, shift = scores.best_calibration(logits, np.zeros((4, 1)))
        np.testing.assert_allclose([scale[0], shift[0]], [1, 0], atol=0.2)

    def test_the_calibration_error_is_the_distance_between_what_is_said_and_what_happens(self):
        said = np.array([0.1] * 10 + [0.9] * 10)
        happens = np.array([1] + [0] * 9 + [1] * 6 + [0] * 4)
        self.assertAlmostEqual(scores.calibration_error(said, happens), 0.15)

    def test_a_threshold_separates_what_can_be_separated(self):
        probabilities = np.concatenate([np.full(90, 0.1), np.full(10, 0.4)])[:, None]
        labels = (probabilities > 0.2).astype(np.float32)
        (threshold,) = scores.best_thresholds(probabilities, labels, 1)
        self.assertGreater(threshold, 0.1)
        self.assertLessEqual(threshold, 0.4)


if __name__ == "__main__":
    unittest.main()
