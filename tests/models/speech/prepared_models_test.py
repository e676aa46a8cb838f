"""Checks the speech models that the set-up has prepared, by running them with onnxruntime.

    .deps/venv/bin/python tests/models/speech/prepared_models_test.py
"""
import base64
import json
import sys
import unittest
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

ROOT = Path(__file__).resolve().parents[3]
VOICE = ROOT / ".deps" / "models" / "voice"
EARS = ROOT / ".deps" / "models" / "ears"
sys.path.insert(0, str(ROOT / "models" / "speech"))

import moonshine  # noqa: E402
import piper  # noqa: E402

HELLO = "həlˈoʊ, ˈaʊɚ bˈɑːt mˈæp."
SHORT = "pˈɑːp."


def open_model(path):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def phoneme_ids(text, id_map):
    """Piper's own order: ^ _ p1 _ p2 _ ... pn _ $."""
    ids = id_map["^"] + id_map["_"]
    for symbol in text:
        ids = ids + id_map[symbol] + id_map["_"]
    return ids + id_map["$"]


def constants_read(graph, outer):
    """(graph, the names of its constants and of those around it), for the graph and each graph inside."""
    constants = outer | {initializer.name for initializer in graph.initializer}
    yield graph, constants
    for node in graph.node:
        for _, inner in moonshine.subgraphs(node):
            yield from constants_read(inner, constants)


class PreparedVoice(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.config = json.loads((VOICE / "piper-joe.json").read_text(encoding="utf-8"))
        cls.session = open_model(VOICE / "piper-joe.onnx")

    def speak(self, text, liveliness=0, scales=(0.667, 1.0, 0.8)):
        """(audio, duration of each phoneme id in hops) for a text of phonemes."""
        ids = phoneme_ids(text, self.config["phoneme_id_map"])
        inputs = {
            "input": np.array([ids], dtype=np.int64),
            "input_lengths": np.array([len(ids)], dtype=np.int64),
            "scales": np.array(scales, dtype=np.float32),
            "sid": np.array([liveliness], dtype=np.int64),
        }
        (output,) = self.session.run(None, inputs)
        self.assertEqual(output.shape[:2], (1, 1))
        count = piper.id_count(len(text))
        self.assertEqual(count, len(ids))
        return output[0, 0, :-count], output[0, 0, -count:]

    def test_durations_add_up_to_the_audio(self):
        for text in (HELLO, SHORT):
            audio, durations = self.speak(text)
            self.assertEqual(len(audio), piper.HOP_SAMPLES * int(durations.sum()))

    def test_durations_are_whole_hops_and_audio_is_not(self):
        audio, durations = self.speak(HELLO)
        self.assertTrue(np.array_equal(durations, np.round(durations)))
        self.assertTrue((durations >= 1).all())
        self.assertLess(np.abs(audio).max(), 1.5)
        self.assertGreater(np.abs(audio).max(), 0.05)

    def test_a_longer_text_takes_longer(self):
        self.assertGreater(len(self.speak(HELLO)[0]), len(self.speak(SHORT)[0]))

    def test_liveliness_is_how_much_the_durations_vary(self):
        def spread(liveliness):
            return np.std([len(self.speak(SHORT, liveliness)[0]) for _ in range(8)])

        self.assertGreater(spread(150), 2 * spread(5))

    def test_without_noise_the_liveliness_makes_no_difference(self):
        usual, durations = self.speak(HELLO, 0, (0, 1, 0))
        for liveliness in (1, 80, 100, 150):
            audio, same = self.speak(HELLO, liveliness, (0, 1, 0))
            np.testing.assert_array_equal(same, durations)
            np.testing.assert_allclose(audio, usual, atol=1e-5)

    def test_metadata_is_what_the_runtime_reads(self):
        found = self.session.get_modelmeta().custom_metadata_map
        self.assertEqual(found, {key: str(value) for key, value in piper.metadata(self.config).items()})
        self.assertEqual(found["sample_rate"], "22050")

    def test_tokens_file_has_a_line_for_each_symbol(self):
        lines = (VOICE / "piper-joe.tokens.txt").read_text(encoding="utf-8").split("\n")
        self.assertEqual(lines.pop(), "")
        found = {line[0]: int(line[2:]) for line in lines}
        self.assertTrue(all(line[1] == " " for line in lines))
        expected = {symbol: ids[0] for symbol, ids in self.config["phoneme_id_map"].items() if symbol != "\n"}
        self.assertEqual(found, expected)


class PreparedEars(unittest.TestCase):
    def test_no_weight_is_dequantised_at_run_time(self):
        for name in ("moonshine-encoder.onnx", "moonshine-decoder.onnx"):
            model = onnx.load(EARS / name)
            for graph, constants in constants_read(model.graph, set()):
                left = [node.name for node in graph.node
                        if node.op_type in moonshine.FOLDABLE and all(i in constants for i in node.input)]
                self.assertEqual(left, [], f"{name}, graph {graph.name}")

    def test_weights_are_floats(self):
        model = onnx.load(EARS / "moonshine-decoder.onnx")
        large = [i for i in model.graph.initializer if np.prod(i.dims) > 10000]
        self.assertGreater(len(large), 50)
        self.assertEqual({i.data_type for i in large}, {onnx.TensorProto.FLOAT})

    def test_encoder_makes_one_vector_for_each_stretch_of_sound(self):
        session = open_model(EARS / "moonshine-encoder.onnx")
        names = [i.name for i in session.get_inputs()]
        samples = np.sin(np.arange(16000, dtype=np.float32) * 0.05)[None]
        (features,) = session.run(None, {names[0]: samples})
        self.assertEqual(features.shape[0], 1)
        self.assertEqual(features.shape[2], 416)
        self.assertTrue(np.isfinite(features).all())

    def test_decoder_opens(self):
        inputs = {i.name for i in open_model(EARS / "moonshine-decoder.onnx").get_inputs()}
        self.assertIn("input_ids", inputs)
        self.assertIn("use_cache_branch", inputs)

    def test_tokens_file_counts_up_and_holds_base64(self):
        lines = (EARS / "moonshine-tokens.txt").read_text().splitlines()
        self.assertGreater(len(lines), 30000)
        tokens = []
        for index, line in enumerate(lines):
            text, number = line.split(" ")
            self.assertEqual(int(number), index)
            tokens.append(base64.b64decode(text, validate=True))
        self.assertIn("▁the".encode(), tokens)


class TokenizerFile(unittest.TestCase):
    def test_long_tokens_have_a_two_byte_length(self):
        long_token = b"x" * 300
        data = bytes([2]) + b"ab" + bytes([128 + 300 % 128, 300 // 128]) + long_token + bytes([0])
        self.assertEqual(moonshine.split_tokens(data), [b"ab", long_token, b""])

    def test_a_cut_file_is_refused(self):
        with self.assertRaises(ValueError):
            moonshine.split_tokens(bytes([5]) + b"abc")


class Folding(unittest.TestCase):
    def test_a_folded_graph_computes_the_same(self):
        weights = np.array([[1, -2], [3, 4]], dtype=np.int8)
        nodes = [
            onnx.helper.make_node("Cast", ["w"], ["wf"], to=onnx.TensorProto.FLOAT),
            onnx.helper.make_node("Mul", ["wf", "scale"], ["ws"]),
            onnx.helper.make_node("Add", ["ws", "offset"], ["wd"]),
            onnx.helper.make_node("MatMul", ["x", "wd"], ["y"]),
        ]
        value = onnx.helper.make_tensor_value_info
        graph = onnx.helper.make_graph(
            nodes, "g", [value("x", onnx.TensorProto.FLOAT, [1, 2])], [value("y", onnx.TensorProto.FLOAT, [1, 2])],
            [onnx.numpy_helper.from_array(weights, "w"),
             onnx.numpy_helper.from_array(np.float32(0.5), "scale"),
             onnx.numpy_helper.from_array(np.float32(2.0), "offset")])
        model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
        x = np.array([[1.0, 10.0]], dtype=np.float32)

        def run():
            return onnxruntime.InferenceSession(
                model.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]

        before = run()
        moonshine.fold_dequantisation(model.graph)
        self.assertEqual([node.op_type for node in model.graph.node], ["MatMul"])
        self.assertEqual([i.name for i in model.graph.initializer], ["wd"])
        np.testing.assert_array_equal(run(), before)


if __name__ == "__main__":
    unittest.main()
