"""Checks what the set-up has taken out of the packages of the ears' nets.

    .deps/venv/bin/python tests/models/ears/prepared_nets_test.py
"""
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx

ROOT = Path(__file__).resolve().parents[3]
NETS = ROOT / ".deps" / "models" / "nets"
sys.path.insert(0, str(ROOT / "models" / "ears"))

import prepare  # noqa: E402
import smart_turn  # noqa: E402
import tensor_file  # noqa: E402


class TensorFile(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "a.weights"

    def test_what_is_written_is_read(self):
        given = {"one": np.float32(1.5), "matrix": np.arange(6).reshape(2, 3), "naïve": np.zeros((0, 4))}
        tensor_file.write(self.path, given)
        found = tensor_file.read(self.path)
        self.assertEqual(list(found), list(given))
        np.testing.assert_array_equal(found["matrix"], given["matrix"])
        self.assertEqual(found["naïve"].shape, (0, 4))

    def test_a_damaged_file_is_refused(self):
        tensor_file.write(self.path, {"a": np.ones(4)})
        data = bytearray(self.path.read_bytes())
        data[-9] ^= 1
        self.path.write_bytes(data)
        with self.assertRaisesRegex(ValueError, "damaged"):
            tensor_file.read(self.path)

    def test_a_value_that_is_no_number_is_refused(self):
        with self.assertRaisesRegex(ValueError, "bad"):
            tensor_file.write(self.path, {"bad": np.array([1, np.nan])})


def quantised_graph():
    """y = dequantised(quantised(x @ W)) + bias, with W in int8, one scale for each output."""
    node = onnx.helper.make_node
    value = onnx.helper.make_tensor_value_info
    constant = onnx.numpy_helper.from_array
    nodes = [
        node("DequantizeLinear", ["w_q", "w_s", "w_z"], ["w"], axis=1),
        node("MatMul", ["x", "w"], ["product"]),
        node("QuantizeLinear", ["product", "p_s", "p_z"], ["product_q"]),
        node("DequantizeLinear", ["product_q", "p_s", "p_z"], ["product_d"]),
        node("Add", ["product_d", "inner.first.bias"], ["y"]),
    ]
    constants = [
        constant(np.array([[1, -2], [3, 4]], np.int8), "w_q"), constant(np.array([0.5, 2], np.float32), "w_s"),
        constant(np.array([1, 0], np.int8), "w_z"), constant(np.float32(0.1), "p_s"), constant(np.uint8(0), "p_z"),
        constant(np.array([10, 20], np.float32), "inner.first.bias"),
    ]
    return onnx.helper.make_graph(nodes, "g", [value("x", onnx.TensorProto.FLOAT, [1, 2])],
                                  [value("y", onnx.TensorProto.FLOAT, [1, 2])], constants)


class Folding(unittest.TestCase):
    def test_each_column_gets_its_own_scale_and_zero(self):
        found = smart_turn.dequantised(quantised_graph())
        np.testing.assert_array_equal(found["w"], [[0, -4], [1, 8]])

    def test_the_matrix_of_a_bias_is_found_behind_the_rounding(self):
        self.assertEqual(smart_turn.matrix_of_bias(quantised_graph()), {"inner.first.bias": "w"})

    def test_the_float_graph_neither_rounds_nor_clips(self):
        model = onnx.helper.make_model(quantised_graph(), opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
        x = np.array([[0.123, 100]], np.float32)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.onnx"
            onnx.save(model, path)
            (found,) = smart_turn.open_session(smart_turn.float_model(path)).run(None, {"x": x})
        (packaged,) = smart_turn.open_session(model).run(None, {"x": x})
        np.testing.assert_allclose(found, x @ np.array([[0, -4], [1, 8]]) + [10, 20], rtol=1e-6)
        np.testing.assert_allclose(packaged, [[10 + 25.5, 20 + 25.5]], rtol=1e-6)


class SpeechRuns(unittest.TestCase):
    def test_runs_of_half_a_second_are_found_up_to_both_ends(self):
        probabilities = np.concatenate([np.ones(16), np.zeros(3), np.ones(15), np.zeros(1), np.ones(20)])
        self.assertEqual(prepare.speech_runs(probabilities), [(0, 16), (35, 55)])


class Prepared(unittest.TestCase):
    def test_the_turn_net_has_every_part_once_and_no_leftovers_of_quantisation(self):
        tensors = tensor_file.read(NETS / "smart-turn.weights")
        parts = {name.split(".", 3)[3] for name in tensors if name.startswith("encoder.layers.0.")}
        self.assertEqual(len(parts), 15)
        for layer in range(4):
            self.assertEqual({n.split(".", 3)[3] for n in tensors if n.startswith(f"encoder.layers.{layer}.")}, parts)
        self.assertEqual(sum(n.endswith("k_proj.weight") for n in tensors), 4)
        self.assertFalse([n for n in tensors if "quantized" in n or n.endswith(("_scale", "_zero_point"))])

    def test_the_reference_has_speech_and_silence_and_both_kinds_of_clips(self):
        reference = tensor_file.read(NETS / "nets-reference.bin")
        self.assertGreaterEqual(len(reference["voice.probabilities"]), 60)
        self.assertGreater((reference["voice.probabilities"] > 0.9).sum(), 60)
        self.assertGreater((reference["voice.probabilities"] < 0.1).sum(), 60)
        for kind in ("whole", "cut"):
            self.assertGreaterEqual(sum(name.endswith(f".{kind}.probability") for name in reference), 4)


if __name__ == "__main__":
    unittest.main()
