"""Checks a built head: DHR_HEAD_GLB=head.glb python -m unittest discover -s tests/models/head

Needs numpy and scipy. The file is read by this test's own parser, so that a fault of the builder's
writer cannot hide itself.
"""

import json
import os
import struct
import unittest
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

ARKIT = """
eyeBlinkLeft eyeLookDownLeft eyeLookInLeft eyeLookOutLeft eyeLookUpLeft eyeSquintLeft eyeWideLeft
eyeBlinkRight eyeLookDownRight eyeLookInRight eyeLookOutRight eyeLookUpRight eyeSquintRight
eyeWideRight jawForward jawLeft jawRight jawOpen mouthClose mouthFunnel mouthPucker mouthLeft
mouthRight mouthSmileLeft mouthSmileRight mouthFrownLeft mouthFrownRight mouthDimpleLeft
mouthDimpleRight mouthStretchLeft mouthStretchRight mouthRollLower mouthRollUpper mouthShrugLower
mouthShrugUpper mouthPressLeft mouthPressRight mouthLowerDownLeft mouthLowerDownRight
mouthUpperUpLeft mouthUpperUpRight browDownLeft browDownRight browInnerUp browOuterUpLeft
browOuterUpRight cheekPuff cheekSquintLeft cheekSquintRight noseSneerLeft noseSneerRight tongueOut
""".split()
MORPHING = ("Face", "Eyes", "TeethLower", "Tongue", "Lashes")
SIZE_MAX_BYTES = 8_000_000

_COMPONENT = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32,
              5126: np.float32}  # fmt: skip
_WIDTH = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


class Glb:
    def __init__(self, data):
        self.magic, self.version, self.length = struct.unpack_from("<4sII", data)
        json_length, self.json_type = struct.unpack_from("<I4s", data, 12)
        self.json = json.loads(data[20 : 20 + json_length])
        binary_at = 20 + json_length
        self.binary_length, self.binary_type = struct.unpack_from("<I4s", data, binary_at)
        self.binary = data[binary_at + 8 : binary_at + 8 + self.binary_length]
        self._arrays = {}

    def _packed(self, view_index, component, count, width, offset=0):
        view = self.json["bufferViews"][view_index]
        start = view.get("byteOffset", 0) + offset
        flat = np.frombuffer(self.binary, _COMPONENT[component], count * width, start)
        return flat.reshape(count, width)

    def stored(self, index):
        """The accessor's numbers as the file stores them, sparse rows put in."""
        if index not in self._arrays:
            accessor = self.json["accessors"][index]
            component, width = accessor["componentType"], _WIDTH[accessor["type"]]
            if "bufferView" in accessor:
                offset = accessor.get("byteOffset", 0)
                view = accessor["bufferView"]
                array = self._packed(view, component, accessor["count"], width, offset)
            else:
                array = np.zeros((accessor["count"], width), _COMPONENT[component])
            if "sparse" in accessor:
                sparse = accessor["sparse"]
                rows = self._packed(
                    sparse["indices"]["bufferView"], sparse["indices"]["componentType"],
                    sparse["count"], 1,
                )[:, 0]  # fmt: skip
                array = array.copy()
                array[rows] = self._packed(
                    sparse["values"]["bufferView"], component, sparse["count"], width
                )
            self._arrays[index] = array
        return self._arrays[index]

    def values(self, index):
        array, accessor = self.stored(index), self.json["accessors"][index]
        if accessor.get("normalized"):
            return array / float(np.iinfo(array.dtype).max)
        return array.astype(float)

    def mesh(self, name):
        return next(mesh for mesh in self.json["meshes"] if mesh["name"] == name)

    def positions(self, name):
        return np.concatenate(
            [self.values(p["attributes"]["POSITION"]) for p in self.mesh(name)["primitives"]]
        )

    def deltas(self, name, shape):
        """(n, 3) metres: how the shape moves the mesh's vertices at weight 1."""
        mesh = self.mesh(name)
        target = mesh["extras"]["targetNames"].index(shape)
        return np.concatenate(
            [self.values(p["targets"][target]["POSITION"]) for p in mesh["primitives"]]
        )


def setUpModule():
    global glb, file_size
    path = os.environ.get("DHR_HEAD_GLB")
    if not path:
        raise AssertionError(
            "DHR_HEAD_GLB is not set: build the head (models/head/README.md) first"
        )
    if not Path(path).is_file():
        raise AssertionError(f"DHR_HEAD_GLB names no file: '{path}'")
    data = Path(path).read_bytes()
    glb, file_size = Glb(data), len(data)


class Container(unittest.TestCase):
    def test_header_and_chunks_agree_with_the_file(self):
        self.assertEqual((glb.magic, glb.version, glb.length), (b"glTF", 2, file_size))
        self.assertEqual((glb.json_type, glb.binary_type), (b"JSON", b"BIN\0"))
        self.assertEqual(len(glb.binary), glb.json["buffers"][0]["byteLength"])

    def test_file_is_small_enough_for_a_page(self):
        self.assertLess(file_size, SIZE_MAX_BYTES)

    def test_origin_of_the_data_is_named(self):
        for words in ("CC0", "MakeHuman", "Face Units 01"):
            self.assertIn(words, glb.json["asset"]["copyright"])

    def test_buffer_views_lie_aligned_inside_the_buffer(self):
        for view in glb.json["bufferViews"]:
            self.assertEqual(view["byteOffset"] % 4, 0)
            self.assertLessEqual(view["byteOffset"] + view["byteLength"], len(glb.binary))

    def test_accessors_fit_their_buffer_views(self):
        def check(view_index, component, count, width):
            needed = count * width * np.dtype(_COMPONENT[component]).itemsize
            self.assertLessEqual(needed, glb.json["bufferViews"][view_index]["byteLength"])

        for accessor in glb.json["accessors"]:
            component, width = accessor["componentType"], _WIDTH[accessor["type"]]
            if "bufferView" in accessor:
                check(accessor["bufferView"], component, accessor["count"], width)
            if "sparse" in accessor:
                sparse = accessor["sparse"]
                indices = sparse["indices"]
                check(indices["bufferView"], indices["componentType"], sparse["count"], 1)
                check(sparse["values"]["bufferView"], component, sparse["count"], width)
                rows = np.frombuffer(
                    glb.binary, _COMPONENT[indices["componentType"]], sparse["count"],
                    glb.json["bufferViews"][indices["bufferView"]]["byteOffset"],
                ).astype(int)  # fmt: skip
                self.assertTrue((np.diff(rows) > 0).all())
                self.assertLess(rows[-1], accessor["count"])

    def test_bounds_are_those_of_the_numbers(self):
        bounded = [i for i, a in enumerate(glb.json["accessors"]) if "min" in a]
        self.assertGreater(len(bounded), 52)
        for index in bounded:
            accessor, array = glb.json["accessors"][index], glb.stored(index)
            np.testing.assert_allclose(accessor["min"], array.min(0), atol=1e-6)
            np.testing.assert_allclose(accessor["max"], array.max(0), atol=1e-6)

    def test_numbers_are_finite(self):
        for index in range(len(glb.json["accessors"])):
            self.assertTrue(np.isfinite(glb.values(index)).all())

    def test_quantised_shapes_are_declared(self):
        self.assertIn("KHR_mesh_quantization", glb.json["extensionsRequired"])
        for extension in glb.json["extensionsRequired"]:
            self.assertIn(extension, glb.json["extensionsUsed"])


class Meshes(unittest.TestCase):
    def each_primitive(self):
        for mesh in glb.json["meshes"]:
            for primitive in mesh["primitives"]:
                yield mesh["name"], primitive

    def test_attributes_of_a_primitive_have_one_length(self):
        for name, primitive in self.each_primitive():
            used = list(primitive["attributes"].values())
            used += [a for target in primitive.get("targets", []) for a in target.values()]
            counts = {glb.json["accessors"][index]["count"] for index in used}
            self.assertEqual(len(counts), 1, name)

    def test_indices_name_existing_vertices_in_whole_triangles(self):
        for name, primitive in self.each_primitive():
            indices = glb.stored(primitive["indices"])
            count = glb.json["accessors"][primitive["attributes"]["POSITION"]]["count"]
            self.assertEqual(len(indices) % 3, 0, name)
            self.assertLess(int(indices.max()), count, name)

    def test_normals_have_unit_length(self):
        for name, primitive in self.each_primitive():
            lengths = np.linalg.norm(glb.values(primitive["attributes"]["NORMAL"]), axis=1)
            self.assertLess(np.abs(lengths - 1).max(), 1e-3, name)

    def test_materials_textures_and_images_exist(self):
        for _, primitive in self.each_primitive():
            self.assertLess(primitive["material"], len(glb.json["materials"]))
        for texture in glb.json["textures"]:
            self.assertLess(texture["source"], len(glb.json["images"]))
        for image in glb.json["images"]:
            view = glb.json["bufferViews"][image["bufferView"]]
            start = glb.binary[view["byteOffset"] : view["byteOffset"] + 4]
            magic = b"\x89PNG" if image["mimeType"] == "image/png" else b"\xff\xd8\xff"
            self.assertTrue(start.startswith(magic))

    def test_head_has_the_size_of_a_head_and_looks_along_z(self):
        eyes, face = glb.positions("Eyes"), glb.positions("Face")
        self.assertLess(abs(eyes[:, 0].mean()), 0.001)
        between = eyes[eyes[:, 0] > 0, 0].mean() - eyes[eyes[:, 0] < 0, 0].mean()
        self.assertTrue(0.05 < between < 0.07, between)
        self.assertGreater(face[:, 2].max(), eyes[:, 2].max())


class Skeleton(unittest.TestCase):
    def test_three_joints_turn_the_head(self):
        skin = glb.json["skins"][0]
        nodes = glb.json["nodes"]
        self.assertEqual([nodes[j]["name"] for j in skin["joints"]], ["root", "neck", "head"])
        for parent, child in zip(skin["joints"], skin["joints"][1:]):
            self.assertEqual(nodes[parent]["children"], [child])

    def test_bind_matrices_undo_the_rest_pose(self):
        skin = glb.json["skins"][0]
        place = np.zeros(3)
        for joint, matrix in zip(skin["joints"], glb.values(skin["inverseBindMatrices"])):
            place = place + glb.json["nodes"][joint]["translation"]
            np.testing.assert_allclose(matrix.reshape(4, 4)[3, :3], -place, atol=1e-6)

    def test_weights_are_shares_of_existing_joints(self):
        for node in glb.json["nodes"]:
            if "mesh" not in node:
                continue
            self.assertEqual(node["skin"], 0)
            for primitive in glb.json["meshes"][node["mesh"]]["primitives"]:
                weights = glb.values(primitive["attributes"]["WEIGHTS_0"])
                self.assertLess(np.abs(weights.sum(1) - 1).max(), 1e-5)
                self.assertLess(glb.stored(primitive["attributes"]["JOINTS_0"]).max(), 3)

    def test_crown_follows_the_head_and_shoulders_do_not(self):
        primitive = glb.mesh("Face")["primitives"][0]
        weights = glb.values(primitive["attributes"]["WEIGHTS_0"])
        points = glb.positions("Face")
        self.assertGreater(weights[points[:, 1].argmax(), 2], 0.95)
        self.assertGreater(weights[points[:, 1].argmin(), 0], 0.8)


class Shapes(unittest.TestCase):
    def test_morphing_meshes_carry_the_52_names_in_order(self):
        self.assertEqual(len(ARKIT), 52)
        for name in MORPHING:
            mesh = glb.mesh(name)
            self.assertEqual(mesh["extras"]["targetNames"], ARKIT, name)
            self.assertEqual(mesh["weights"], [0.0] * 52, name)
            for primitive in mesh["primitives"]:
                self.assertEqual(len(primitive["targets"]), 52, name)

    def test_every_shape_moves_something_by_a_visible_amount(self):
        for shape in ARKIT:
            largest = max(np.abs(glb.deltas(name, shape)).max() for name in MORPHING)
            self.assertGreater(largest, 0.0015, shape)
            self.assertLess(largest, 0.08, shape)

    def test_left_and_right_shapes_mirror_each_other(self):
        pairs = [(n, n[:-4] + "Right") for n in ARKIT if n.endswith("Left")]
        self.assertEqual(len(pairs), 20)
        for mesh in ("Face", "Eyes"):
            points = glb.positions(mesh)
            distance, twin = cKDTree(points).query(points * [-1, 1, 1])
            matched = distance < 0.0005
            self.assertGreater(matched.mean(), 0.98, mesh)
            for left, right in pairs:
                mirrored = glb.deltas(mesh, right)[twin] * [-1, 1, 1]
                off = np.linalg.norm(glb.deltas(mesh, left) - mirrored, axis=1)[matched]
                self.assertLess(np.percentile(off, 99.5), 0.001, (mesh, left))

    def test_a_left_shape_moves_the_left_half(self):
        points = glb.positions("Face")
        for shape in ("eyeBlinkLeft", "mouthSmileLeft", "browDownLeft", "cheekSquintLeft"):
            moved = np.abs(glb.deltas("Face", shape)).sum(1)
            self.assertGreater((moved * points[:, 0]).sum(), 0, shape)

    def test_gaze_turns_the_eyes_and_keeps_their_size(self):
        eyes = glb.positions("Eyes")
        left = eyes[:, 0] > 0
        front = left & (eyes[:, 2] > eyes[left, 2].max() - 0.001)
        outwards = glb.deltas("Eyes", "eyeLookOutLeft")
        self.assertGreater(outwards[front, 0].mean(), 0.003)
        turned = (eyes + outwards)[left]
        before, after = (np.linalg.norm(p - p.mean(0), axis=1).mean() for p in (eyes[left], turned))
        self.assertLess(abs(after / before - 1), 0.02)

    def test_lower_teeth_follow_the_jaw_and_upper_teeth_are_rigid(self):
        drop = glb.deltas("TeethLower", "jawOpen")[:, 1]
        incisors = glb.positions("TeethLower")[:, 2].argmax()
        self.assertLess(drop.max(), -0.003)
        self.assertLess(drop[incisors], -0.02)
        self.assertNotIn("targets", glb.mesh("TeethUpper")["primitives"][0])


class Lips(unittest.TestCase):
    """The rims: in narrow columns, the lowest front vertex of the upper lip against the highest of
    the lower. The jaw carries the lower lip down and leaves the upper one."""

    @classmethod
    def setUpClass(cls):
        points, jaw = glb.positions("Face"), glb.deltas("Face", "jawOpen")
        teeth = glb.positions("TeethUpper")
        near = np.abs(points - [0, teeth[:, 1].min(), teeth[:, 2].max()]) < [0.009, 0.014, 0.012]
        lips = near.all(1)
        carried = jaw[:, 1] < 0.5 * jaw[lips, 1].min()
        cls.points, cls.upper, cls.lower = points, lips & ~carried, lips & carried

    def gaps(self, weights):
        points = self.points + sum(w * glb.deltas("Face", name) for name, w in weights.items())
        result = []
        for x in np.linspace(-0.006, 0.006, 7):
            column = np.abs(self.points[:, 0] - x) < 0.0035
            upper = points[self.upper & column, 1].min()
            lower = points[self.lower & column, 1].max()
            result.append(upper - lower)
        return np.array(result)

    def test_lips_are_closed_at_rest(self):
        self.assertLess(self.gaps({}).max(), 0.0003)

    def test_an_open_jaw_parts_them(self):
        self.assertGreater(self.gaps({"jawOpen": 0.5}).min(), 0.008)

    def test_mouth_close_closes_an_open_jaw_at_the_same_weight(self):
        for weight in (0.2, 0.5, 1.0):
            gaps = self.gaps({"jawOpen": weight, "mouthClose": weight})
            self.assertLess(gaps.max(), 0.0015, weight)

    def test_pressed_lips_stay_closed(self):
        self.assertLess(self.gaps({"mouthPressLeft": 1, "mouthPressRight": 1}).max(), 0.0003)


if __name__ == "__main__":
    unittest.main()
