"""What the glTF writer is handed: meshes in decimetres with named materials and images."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Material:
    name: str
    base_color: tuple = (1.0, 1.0, 1.0, 1.0)
    roughness: float = 0.5
    color_image: str = ""  # keys of the image table; "" for none
    normal_image: str = ""
    occlusion_roughness_image: str = ""
    normal_scale: float = 1.0
    alpha_mode: str = "OPAQUE"
    alpha_cutoff: float = 0.5
    double_sided: bool = False
    extensions: dict = field(default_factory=dict)


@dataclass
class JointWeights:
    head: np.ndarray  # (n,) in [0, 1]; what head and neck leave goes to the root
    neck: np.ndarray

    @staticmethod
    def all_head(count):
        return JointWeights(np.ones(count), np.zeros(count))


@dataclass
class Primitive:
    points: np.ndarray
    normals: np.ndarray
    triangles: np.ndarray
    material: Material
    weights: JointWeights
    uvs: np.ndarray | None = None
    colors: np.ndarray | None = None  # linear RGBA
    deltas: dict | None = None  # {ARKit name: (n, 3)}; names may be left out when nothing moves
    normal_deltas: dict | None = None


@dataclass
class Part:
    name: str
    primitives: list
    images: dict = field(default_factory=dict)  # {key: PIL image}; opaque ones are stored as JPEG

    @property
    def morphs(self):
        return any(primitive.deltas for primitive in self.primitives)
