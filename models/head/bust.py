"""The skin from crown to chest: crop, texture atlas, subdivision, shapes on the new mesh."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from arkit import NAMES
from mesh_math import NormalOperator, catmull_clark_steps, refine_uvs, triangles_of
from part import JointWeights

_LOWEST_Y, _WIDEST_X = 4.3, 2.3  # crop box on the unmixed base mesh, decimetres
ISLANDS = ("head", "bust", "mouth", "socket_left", "socket_right")
# (scale, left, bottom) of the small islands in the atlas; the head island has a rule of its own
_PLACES = {
    "bust": (0.75, 0.01, 0.755),
    "mouth": (1.1, 0.44, 0.76),
    "socket_left": (1.4, 0.70, 0.76),
    "socket_right": (1.4, 0.84, 0.76),
}


@dataclass
class Bust:
    points: np.ndarray
    normals: np.ndarray
    quads: np.ndarray
    triangles: np.ndarray
    uvs: np.ndarray  # in our atlas
    uv_triangles: np.ndarray
    source_uvs: np.ndarray  # in MakeHuman's UV space, indexed like `uvs`
    island_of_quad: np.ndarray  # index into ISLANDS
    island_boxes: dict  # {island: (low uv, high uv)}
    deltas: dict
    normal_deltas: dict
    weights: JointWeights

    def on_island(self, name):
        """(n,) bool: vertices that touch the island."""
        mask = np.zeros(len(self.points), bool)
        mask[self.quads[self.island_of_quad == ISLANDS.index(name)]] = True
        return mask

    def shared_edges(self, *islands):
        """Edges (a < b) where the islands meet."""
        sides = []
        for island in islands:
            quads = self.quads[self.island_of_quad == ISLANDS.index(island)]
            edges = np.sort(np.stack([quads, np.roll(quads, -1, 1)], -1).reshape(-1, 2), 1)
            sides.append({tuple(edge) for edge in edges.tolist()})
        return set.intersection(*sides)

    def sample_mask(self, image):
        """A mask of the source's UV space read at every vertex."""
        uv = np.zeros((len(self.points), 2))
        uv[self.triangles.ravel()] = self.source_uvs[self.uv_triangles.ravel()]
        size = len(image)
        row = ((1 - uv[:, 1]) * size).astype(int).clip(0, size - 1)
        column = (uv[:, 0] * size).astype(int).clip(0, size - 1)
        return image[row, column]


def build_bust(source, person, subdivisions):
    mesh = source.mesh
    body = source.group_quads("body")
    corners = mesh.vertices[mesh.quads[body]]
    chosen = body[
        (corners[..., 1].min(1) > _LOWEST_Y) & (np.abs(corners[..., 0]).max(1) < _WIDEST_X)
    ]
    base_quads, uv_quads = mesh.quads[chosen], mesh.uv_quads[chosen]
    islands = _name_islands(mesh, base_quads, uv_quads)
    atlas, boxes = _pack_atlas(mesh.uvs, uv_quads, islands)

    used, quads = np.unique(base_quads, return_inverse=True)
    matrix, quads = catmull_clark_steps(len(used), quads.reshape(-1, 4), subdivisions)
    uvs, source_uvs, refined_uv_quads = atlas, mesh.uvs, uv_quads
    for _ in range(subdivisions):
        uvs, next_quads = refine_uvs(uvs, refined_uv_quads)
        source_uvs, _ = refine_uvs(source_uvs, refined_uv_quads)
        refined_uv_quads = next_quads

    points, triangles = matrix @ person.points[used], triangles_of(quads)
    return Bust(
        points=points,
        normals=NormalOperator(len(points), triangles)(points),
        quads=quads,
        triangles=triangles,
        uvs=uvs,
        uv_triangles=triangles_of(refined_uv_quads),
        source_uvs=source_uvs,
        island_of_quad=np.repeat(islands, 4**subdivisions),
        island_boxes=boxes,
        deltas={name: matrix @ person.deltas[name][used] for name in NAMES},
        normal_deltas={},
        weights=JointWeights(
            np.clip(matrix @ person.head_weights[used], 0, 1),
            np.clip(matrix @ person.neck_weights[used], 0, 1),
        ),
    )


def refresh_normals(bust):
    """Normals of the rest pose and their change under every shape; call after moving points."""
    operator = NormalOperator(len(bust.points), bust.triangles)
    bust.normals = operator(bust.points)
    bust.normal_deltas = {
        name: operator(bust.points + delta) - bust.normals for name, delta in bust.deltas.items()
    }


def _name_islands(mesh, quads, uv_quads):
    """Which connected piece of the UV map each quad belongs to, as an index into ISLANDS."""
    rows = np.repeat(uv_quads, 4, axis=1).ravel()
    columns = np.tile(uv_quads, (1, 4)).ravel()
    size = len(mesh.uvs)
    links = sp.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(size, size))
    _, labels = connected_components(links)
    labels = labels[uv_quads[:, 0]]
    islands = np.zeros(len(quads), int)
    for label in np.unique(labels):
        member = labels == label
        points = mesh.vertices[quads[member].ravel()]
        uvs = mesh.uvs[uv_quads[member].ravel()]
        if member.sum() > 3000:
            name = "head"
        elif uvs[:, 1].max() < 0.2:
            name = "mouth"
        elif points[:, 1].min() < 5:
            name = "bust"
        else:
            name = "socket_left" if points[:, 0].min() > 0 else "socket_right"
        islands[member] = ISLANDS.index(name)
    return islands


def _pack_atlas(uvs, uv_quads, islands):
    """New UVs: the head turned upright and stretched towards the face, the rest in a row above."""
    atlas, boxes = uvs.copy(), {}
    for index, name in enumerate(ISLANDS):
        ids = np.unique(uv_quads[islands == index])
        local = uvs[ids] - uvs[ids].min(0)
        if name == "head":
            local = np.stack([local[:, 1], local[:, 0].max() - local[:, 0]], 1)
            local /= local.max(0)
            offset = local[:, 0] - 0.5
            widened = np.interp(np.abs(offset), [0, 0.13, 0.26, 0.5], [0, 0.27, 0.41, 0.5])
            local[:, 0] = 0.5 + np.sign(offset) * widened
            local[:, 1] = np.interp(local[:, 1], [0, 0.08, 0.66, 1], [0, 0.055, 0.87, 1])
            atlas[ids] = local * [0.99, 0.735] + [0.005, 0.005]
        else:
            scale, left, bottom = _PLACES[name]
            atlas[ids] = local * scale + [left, bottom]
        boxes[name] = (atlas[ids].min(0), atlas[ids].max(0))
    return atlas, boxes
