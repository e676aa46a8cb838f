"""Teeth, gums and tongue.

Each tooth is a rounded box on the arch of the source's teeth; the lower row follows the rigid
motion that a shape gives the source's lower teeth. The tongue is the source's, refined and given
a form.
"""

from dataclasses import dataclass

import numpy as np

from arkit import NAMES
from mesh_math import (
    catmull_clark_steps,
    compact,
    outward,
    rigid_motion,
    smoothstep,
    triangles_of,
    tube,
    unit,
    uv_sphere,
    vertex_normals,
)
from part import JointWeights, Material, Part, Primitive

_TEETH = Material(
    "Teeth",
    roughness=0.25,
    extensions={
        "KHR_materials_clearcoat": {"clearcoatFactor": 0.5, "clearcoatRoughnessFactor": 0.15}
    },
)
_GUM = Material("Gum", roughness=0.5)
_TONGUE = Material(
    "Tongue", roughness=0.52, extensions={"KHR_materials_specular": {"specularFactor": 0.35}}
)
_ENAMEL, _GUM_COLOR = np.array([0.50, 0.46, 0.385]), np.array([0.19, 0.045, 0.042])
_TONGUE_COLOR = np.array([0.24, 0.066, 0.062])


@dataclass(frozen=True)
class _Row:
    group: str
    widths: tuple  # from the middle to the back, before scaling to the arch
    heights: tuple
    toward_tip: int  # +1: the biting edge points up
    edge_inset: float  # from the source's teeth's edge


_UPPER = _Row(
    "helper-upper-teeth",
    (0.085, 0.068, 0.076, 0.070, 0.068, 0.095, 0.095),
    (0.105, 0.092, 0.100, 0.085, 0.080, 0.070, 0.070),
    -1,
    -0.025,
)
_LOWER = _Row(
    "helper-lower-teeth",
    (0.056, 0.060, 0.068, 0.070, 0.070, 0.100, 0.100),
    (0.092, 0.081, 0.088, 0.075, 0.070, 0.062, 0.062),
    1,
    -0.085,
)


class _Arch:
    """A half ellipse through the front of the teeth, walked by arc length."""

    def __init__(self, teeth):
        half_width = np.abs(teeth[:, 0]).max() - 0.05
        self.front, self.back = teeth[:, 2].max() - 0.055, teeth[:, 2].min()
        depth = self.front - self.back - 0.03
        angle = np.linspace(0, np.pi / 2, 400)
        self.x = half_width * np.sin(angle)
        self.z = self.back + depth * np.cos(angle) ** 0.85
        steps = np.hypot(np.diff(self.x), np.diff(self.z))
        self.length = np.concatenate([[0], np.cumsum(steps)])

    def at(self, distance):
        """(x, z) and the unit tangent, going back on the left side."""

        def place(d):
            return np.array([np.interp(d, self.length, axis) for axis in (self.x, self.z)])

        return place(distance), unit(place(distance + 0.01) - place(distance - 0.01))


def build_teeth(source, person):
    """Two parts: TeethUpper, which never moves, and TeethLower, which follows the jaw."""
    parts = []
    for name, row in (("TeethUpper", _UPPER), ("TeethLower", _LOWER)):
        ids = source.group_vertices(row.group)
        shell = person.points[ids]
        arch = _Arch(shell)
        tip = shell[:, 1].min() if row.toward_tip < 0 else shell[:, 1].max()
        tip += row.edge_inset
        motions = _jaw_motions(person, ids) if row is _LOWER else {}
        meshes = [(_teeth_mesh(row, arch, tip), _TEETH), (_gum_mesh(row, arch, tip), _GUM)]
        parts.append(Part(name, [_rigid(mesh, m, arch, motions) for mesh, m in meshes]))
    return parts


def _jaw_motions(person, ids):
    """{shape: (rotation, from, to)} of the shapes that move more than a few vertices of the row."""
    shell = person.points[ids]
    return {
        name: rigid_motion(shell, shell + person.deltas[name][ids])
        for name in NAMES
        if (np.abs(person.deltas[name][ids]).max(1) > 1e-4).sum() > 40
    }


def _rigid(mesh, material, arch, motions):
    points, triangles = mesh
    light = smoothstep(arch.back + 0.05, arch.front + 0.03, points[:, 2:3])
    color = (_ENAMEL if material is _TEETH else _GUM_COLOR) * (0.06 + 0.94 * light**1.4)
    return Primitive(
        points=points,
        normals=vertex_normals(points, triangles),
        triangles=triangles,
        material=material,
        weights=JointWeights.all_head(len(points)),
        colors=np.c_[color, np.ones(len(points))],
        deltas={
            name: (points - start) @ rotation.T + end - points
            for name, (rotation, start, end) in motions.items()
        },
    )


def _teeth_mesh(row, arch, tip):
    sphere, sphere_triangles = uv_sphere(12, 8)
    box = np.sign(sphere) * np.abs(sphere) ** 0.45
    box /= (np.abs(box) ** 4).sum(1, keepdims=True) ** 0.25
    narrowing = 1 - 0.13 * (0.5 - 0.5 * row.toward_tip * box[:, 1])  # towards the gum
    widths = np.array(row.widths) * arch.length[-1] * 0.93 / sum(row.widths)
    points, triangles = [], []
    for side in (-1, 1):
        middles = np.cumsum(widths) - widths / 2
        for k, (middle, width, height) in enumerate(zip(middles, widths, row.heights)):
            (x, z), (tangent_x, tangent_z) = arch.at(middle)
            along = np.array([tangent_x * side, 0, tangent_z])
            front = np.array([-tangent_z * side, 0, tangent_x])
            center = np.array([x * side, tip - row.toward_tip * height * 0.5, z])
            tooth = (
                center
                + (box[:, 0] * narrowing)[:, None] * along * width * 0.53
                + box[:, 1:2] * np.array([0, 1, 0]) * height * 0.55
                + box[:, 2:3] * front * (0.028 if k < 3 else 0.04)
            )
            triangles.append(outward(tooth, sphere_triangles) + len(points) * len(sphere))
            points.append(tooth)
    return np.concatenate(points), np.concatenate(triangles)


def _gum_mesh(row, arch, tip):
    distance = np.linspace(-1, 1, 61) * arch.length[-1]
    x = np.sign(distance) * np.interp(np.abs(distance), arch.length, arch.x)
    z = np.interp(np.abs(distance), arch.length, arch.z)
    path = np.stack([x, np.full_like(x, tip - row.toward_tip * 0.150), z], 1)
    ring = np.linspace(0, 2 * np.pi, 10, endpoint=False)
    section = np.stack([0 * ring, 0.062 * np.sin(ring), 0.045 * np.cos(ring)], 1)
    points, triangles = tube(path, np.tile(section, (len(path), 1, 1)), closed=False)
    return points, outward(points, triangles)


def build_tongue(source, person, subdivisions):
    used, quads = compact(source.mesh.quads[source.group_quads("helper-tongue")])
    matrix, quads = catmull_clark_steps(len(used), quads, subdivisions)
    rest = matrix @ person.points[used]
    form = _tongue_form(rest)
    triangles = triangles_of(quads)
    points = rest + form
    front, back = points[:, 2].max(), points[:, 2].min()
    light = 0.04 + 0.96 * smoothstep(front - 0.55, front, points[:, 2:3]) ** 1.5
    groove = np.exp(-((points[:, :1] / 0.022) ** 2)) * (form[:, 1:2] != 0)
    color = _TONGUE_COLOR * light * (1 - 0.30 * groove)
    deltas = {name: matrix @ person.deltas[name][used] for name in NAMES}
    # The source's tongue rises with the wide-open jaw and hides the throat; real ones stay down.
    along = smoothstep(back, front, points[:, 2])
    deltas["jawOpen"] = deltas["jawOpen"] + np.outer(along, [0, -0.035, 0])
    return Part(
        "Tongue",
        [
            Primitive(
                points=points,
                normals=vertex_normals(points, triangles),
                triangles=triangles,
                material=_TONGUE,
                weights=JointWeights.all_head(len(points)),
                colors=np.c_[color, np.ones(len(points))],
                deltas=deltas,
            )
        ],
    )


def _tongue_form(points):
    """Offsets that give the flat tongue rounded shoulders, a middle groove and a falling tip."""
    half_width = np.abs(points[:, 0]).max()
    across = np.abs(points[:, 0]) / half_width
    front, back = points[:, 2].max(), points[:, 2].min()
    top = smoothstep(-0.2, 0.3, points[:, 1] - _ridge(points, 0.5))
    shoulder = 0.030 * np.cos(np.clip(across, 0, 1) * np.pi / 2)
    groove = 0.034 * np.exp(-((points[:, 0] / 0.035) ** 2))
    fall = 0.040 * smoothstep(front - 0.22, front, points[:, 2])
    body = smoothstep(back, back + 0.3, points[:, 2])
    lift = (shoulder - groove * smoothstep(front, front - 0.12, points[:, 2])) * top * body - fall
    return np.stack([np.zeros_like(lift), lift, np.zeros_like(lift)], 1)


def _ridge(points, share):
    """Height of the tongue's middle line at the depth of every point."""
    depth = np.round((points[:, 2] - points[:, 2].min()) / 0.08).astype(int)
    low = np.full(depth.max() + 1, np.inf)
    high = np.full(depth.max() + 1, -np.inf)
    np.minimum.at(low, depth, points[:, 1])
    np.maximum.at(high, depth, points[:, 1])
    return (low + share * (high - low))[depth]
