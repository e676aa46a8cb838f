"""Writes parts and a skeleton as one binary glTF 2.0 file with 52 quantised morph targets.

Base attributes are floats. Morph deltas are sparse accessors: positions as normalised int16 metres
(30 micrometres a step) and normals as normalised int8, which KHR_mesh_quantization allows.
"""

import io
import json
import struct

import numpy as np

from arkit import NAMES

_FLOAT, _UINT32, _UINT16, _INT16, _INT8 = 5126, 5125, 5123, 5122, 5120
_NUMPY = {
    _FLOAT: np.float32,
    _UINT32: np.uint32,
    _UINT16: np.uint16,
    _INT16: np.int16,
    _INT8: np.int8,
}
_ARRAY_BUFFER, _ELEMENT_BUFFER = 34962, 34963
_REPEAT, _CLAMP = 10497, 33071
_METRES_PER_DECIMETRE = 0.1
_SMALLEST_NORMAL_DELTA = 0.03


class GltfWriter:
    def __init__(self, origin, copyright_notice):
        """`origin`: the point (decimetres) that becomes the file's origin."""
        self._origin = np.asarray(origin)
        self._binary = bytearray()
        self._used_extensions = {"KHR_mesh_quantization"}
        self._texture_of = {}
        self._material_of = {}
        self._json = {
            "asset": {
                "version": "2.0",
                "generator": "Digital Human Runtime head builder",
                "copyright": copyright_notice,
            },
            "scene": 0,
            "scenes": [{"nodes": []}],
            "samplers": [
                {"magFilter": 9729, "minFilter": 9987, "wrapS": wrap, "wrapT": wrap}
                for wrap in (_REPEAT, _CLAMP)
            ],
        }
        for key in (
            "nodes",
            "meshes",
            "accessors",
            "bufferViews",
            "materials",
            "textures",
            "images",
        ):
            self._json[key] = []

    def _append(self, key, value):
        self._json[key].append(value)
        return len(self._json[key]) - 1

    def _metres(self, points):
        return (points - self._origin) * _METRES_PER_DECIMETRE

    # -- buffers and accessors ---------------------------------------------------------------
    def _view(self, data, target=None):
        self._binary += b"\0" * (-len(self._binary) % 4)
        view = {"buffer": 0, "byteOffset": len(self._binary), "byteLength": len(data)}
        if target:
            view["target"] = target
        self._binary += data
        return self._append("bufferViews", view)

    def _accessor(self, array, component, kind, target=None, bounds=False):
        array = np.ascontiguousarray(array, _NUMPY[component])
        accessor = {
            "bufferView": self._view(array.tobytes(), target),
            "componentType": component,
            "count": len(array),
            "type": kind,
        }
        if bounds:
            accessor["min"], accessor["max"] = array.min(0).tolist(), array.max(0).tolist()
        return self._append("accessors", accessor)

    def _sparse_deltas(self, deltas, component, smallest, bounds):
        """A VEC3 accessor of zeros with the few rows that move by at least half a step."""
        limit = np.iinfo(_NUMPY[component]).max
        quantised = np.clip(np.round(deltas * limit), -limit, limit).astype(_NUMPY[component])
        quantised[np.abs(deltas).max(1) < smallest] = 0
        rows = np.nonzero(quantised.any(1))[0]
        accessor = {
            "componentType": component,
            "count": len(deltas),
            "type": "VEC3",
            "normalized": True,
        }
        if bounds:
            accessor["min"], accessor["max"] = quantised.min(0).tolist(), quantised.max(0).tolist()
        if len(rows):
            index_type = _UINT16 if len(deltas) < 65536 else _UINT32
            accessor["sparse"] = {
                "count": len(rows),
                "indices": {
                    "bufferView": self._view(rows.astype(_NUMPY[index_type]).tobytes()),
                    "componentType": index_type,
                },
                "values": {"bufferView": self._view(quantised[rows].tobytes())},
            }
        return self._append("accessors", accessor)

    # -- images and materials ----------------------------------------------------------------
    def _texture(self, key, images):
        if key not in self._texture_of:
            image, stream = images[key], io.BytesIO()
            if image.mode == "RGBA":
                image.save(stream, "PNG", optimize=True)
            else:
                image.save(stream, "JPEG", quality=89)
            source = self._append(
                "images",
                {
                    "name": key,
                    "bufferView": self._view(stream.getvalue()),
                    "mimeType": "image/png" if image.mode == "RGBA" else "image/jpeg",
                },
            )
            sampler = 1 if key.startswith("lash") else 0
            self._texture_of[key] = self._append("textures", {"source": source, "sampler": sampler})
        return self._texture_of[key]

    def _material(self, material, images):
        if material.name in self._material_of:
            return self._material_of[material.name]
        pbr = {
            "baseColorFactor": list(material.base_color),
            "metallicFactor": 0,
            "roughnessFactor": material.roughness,
        }
        entry = {"name": material.name, "pbrMetallicRoughness": pbr}
        if material.color_image:
            pbr["baseColorTexture"] = {"index": self._texture(material.color_image, images)}
        if material.normal_image:
            index = self._texture(material.normal_image, images)
            entry["normalTexture"] = {"index": index, "scale": material.normal_scale}
        if material.occlusion_roughness_image:
            index = self._texture(material.occlusion_roughness_image, images)
            pbr["metallicRoughnessTexture"] = entry["occlusionTexture"] = {"index": index}
        if material.alpha_mode != "OPAQUE":
            entry["alphaMode"] = material.alpha_mode
        if material.alpha_mode == "MASK":
            entry["alphaCutoff"] = material.alpha_cutoff
        if material.double_sided:
            entry["doubleSided"] = True
        if material.extensions:
            entry["extensions"] = material.extensions
            self._used_extensions.update(material.extensions)
        self._material_of[material.name] = self._append("materials", entry)
        return self._material_of[material.name]

    # -- skeleton and meshes -----------------------------------------------------------------
    def add_skeleton(self, joints):
        """`joints`: [(name, position)] from the root up, each the child of the one before."""
        positions = [self._metres(np.asarray(position)) for _, position in joints]
        inverse_bind = np.tile(np.eye(4), (len(joints), 1, 1))
        for index, (name, _) in enumerate(joints):
            parent = positions[index - 1] if index else np.zeros(3)
            node = {"name": name, "translation": (positions[index] - parent).tolist()}
            if index + 1 < len(joints):
                node["children"] = [index + 1]
            self._append("nodes", node)
            inverse_bind[index, 3, :3] = -positions[index]
        self._json["scenes"][0]["nodes"].append(0)
        matrices = self._accessor(inverse_bind.reshape(-1, 16), _FLOAT, "MAT4")
        self._json["skins"] = [
            {
                "joints": list(range(len(joints))),
                "skeleton": 0,
                "inverseBindMatrices": matrices,
            }
        ]

    def _skin_attributes(self, weights):
        table = np.zeros((len(weights.head), 4))
        table[:, 1] = np.clip(weights.neck, 0, 1)
        table[:, 2] = np.clip(weights.head, 0, 1)
        table[:, 0] = np.clip(1 - table[:, 1] - table[:, 2], 0, 1)
        table /= table.sum(1, keepdims=True)
        joints = np.tile(np.arange(4, dtype=np.uint16), (len(table), 1))
        joints[table == 0] = 0
        return {
            "JOINTS_0": self._accessor(joints, _UINT16, "VEC4", _ARRAY_BUFFER),
            "WEIGHTS_0": self._accessor(table, _FLOAT, "VEC4", _ARRAY_BUFFER),
        }

    def _primitive(self, primitive, images):
        def vertex(array, kind, bounds=False):
            return self._accessor(array, _FLOAT, kind, _ARRAY_BUFFER, bounds)

        attributes = {
            "POSITION": vertex(self._metres(primitive.points), "VEC3", bounds=True),
            "NORMAL": vertex(primitive.normals, "VEC3"),
        }
        if primitive.uvs is not None:
            flipped = np.stack([primitive.uvs[:, 0], 1 - primitive.uvs[:, 1]], 1)
            attributes["TEXCOORD_0"] = vertex(flipped, "VEC2")
        if primitive.colors is not None:
            attributes["COLOR_0"] = vertex(primitive.colors, "VEC4")
        attributes |= self._skin_attributes(primitive.weights)
        index_type = _UINT16 if len(primitive.points) < 65536 else _UINT32
        entry = {
            "attributes": attributes,
            "indices": self._accessor(
                primitive.triangles.ravel(), index_type, "SCALAR", _ELEMENT_BUFFER
            ),
            "material": self._material(primitive.material, images),
        }
        if primitive.deltas:
            entry["targets"] = [self._target(primitive, name) for name in NAMES]
        return entry

    def _target(self, primitive, name):
        still = np.zeros_like(primitive.points)
        deltas = primitive.deltas.get(name, still) * _METRES_PER_DECIMETRE
        target = {"POSITION": self._sparse_deltas(deltas, _INT16, 0.0, bounds=True)}
        if primitive.normal_deltas:
            turn = primitive.normal_deltas.get(name, still)
            target["NORMAL"] = self._sparse_deltas(
                turn, _INT8, _SMALLEST_NORMAL_DELTA, bounds=False
            )
        return target

    def add_part(self, part):
        mesh = {
            "name": part.name,
            "primitives": [self._primitive(p, part.images) for p in part.primitives],
        }
        if part.morphs:
            mesh["weights"] = [0.0] * len(NAMES)
            mesh["extras"] = {"targetNames": list(NAMES)}
        node = {"name": part.name, "mesh": self._append("meshes", mesh), "skin": 0}
        self._json["scenes"][0]["nodes"].append(self._append("nodes", node))

    def save(self, path):
        self._binary += b"\0" * (-len(self._binary) % 4)
        document = self._json | {
            "buffers": [{"byteLength": len(self._binary)}],
            "extensionsUsed": sorted(self._used_extensions),
            "extensionsRequired": ["KHR_mesh_quantization"],
        }
        text = json.dumps(document, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        with open(path, "wb") as file:
            total = 12 + 8 + len(text) + 8 + len(self._binary)
            file.write(struct.pack("<4sII", b"glTF", 2, total))
            file.write(struct.pack("<I4s", len(text), b"JSON") + text)
            file.write(struct.pack("<I4s", len(self._binary), b"BIN\0") + self._binary)
        return total
