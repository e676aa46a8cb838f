"""Hair combed back into a bun: a cap, a see-through fringe of fine hairs over its edge, a bun.

The cap is the scalp moved outwards. Its strands run towards the bun: u is the angle around the axis
from the head's middle to the bun, v the angle away from that axis.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage as ndi

from hairline import height_over_hairline
from mesh_math import (
    catmull_clark_steps,
    clip_triangles,
    compact,
    outward,
    smoothstep,
    triangles_of,
    unit,
    uv_sphere,
    vertex_normals,
)
from part import JointWeights, Material, Part, Primitive

_COLOR = np.array([0.185, 0.118, 0.083])
_STRAND_REPEATS = 3  # of the texture around the head
_SHINE = {"KHR_materials_specular": {"specularFactor": 0.30}}


@dataclass
class _Axis:
    """From the middle of the head to the bun."""

    base: np.ndarray
    bun: np.ndarray
    direction: np.ndarray
    up: np.ndarray
    side: np.ndarray

    def angles(self, points):
        """(angle around the axis, angle away from it), radians."""
        offset = points - self.base
        away = np.arccos(np.clip(unit(offset) @ self.direction, -1, 1))
        return np.arctan2(offset @ self.side, offset @ self.up), away


def _bun_axis(bust, eye_center):
    base = np.array([0, eye_center[1] + 0.42, eye_center[2] - 1.05])
    points = bust.points
    behind = (
        (np.abs(points[:, 0]) < 0.1)
        & (np.abs(points[:, 1] - eye_center[1] - 0.45) < 0.15)
        & (points[:, 2] < eye_center[2] - 0.8)
    )
    bun = np.array([0, eye_center[1] + 0.48, points[behind, 2].min()])
    direction = unit(bun - base)
    up = unit(np.array([0, 1, 0]) - direction * direction[1])
    return _Axis(base, bun, direction, up, np.cross(direction, up))


def build_hair(source, bust, person, subdivisions, rng):
    axis = _bun_axis(bust, person.eye_center)
    scalp = _grow_scalp(source, bust, person, axis, subdivisions)
    opaque = Material(
        "Hair",
        roughness=0.58,
        color_image="hair",
        normal_image="hair_normal",
        normal_scale=0.8,
        double_sided=True,
        extensions=_SHINE,
    )
    fringe = Material(
        "HairFringe",
        roughness=0.62,
        color_image="hair_fringe",
        alpha_mode="BLEND",
        extensions=_SHINE,
    )
    primitives = [
        _cap(scalp, axis, opaque),
        _fringe(scalp, axis, fringe),
        _bun(axis, opaque),
    ]
    color, normal, wisps = _paint_strands(rng)
    return Part("Hair", primitives, {"hair": color, "hair_normal": normal, "hair_fringe": wisps})


@dataclass
class _Scalp:
    points: np.ndarray  # of the hair's outer surface
    normals: np.ndarray
    triangles: np.ndarray
    over: np.ndarray  # height over the hairline


def _grow_scalp(source, bust, person, axis, subdivisions):
    over = height_over_hairline(bust.points, person.eye_center)
    ears = bust.sample_mask(source.mask_image("ears"))
    hairy = (over > -0.22) & (ears < 0.25) & bust.on_island("head")
    used, quads = compact(bust.quads[hairy[bust.quads].all(1)])
    volume = (
        0.004 + 0.070 * smoothstep(0, 0.30, over[used]) + 0.055 * smoothstep(0.25, 0.85, over[used])
    )
    matrix, quads = catmull_clark_steps(len(used), quads, subdivisions)
    points = matrix @ (bust.points[used] + bust.normals[used] * volume[:, None])
    over = matrix @ over[used]
    around, away = axis.angles(points)
    locks = smoothstep(0.05, 0.4, over) * (
        0.006 * np.sin(around * 19 + 1.3 * np.sin(around * 5)) * smoothstep(0.15, 0.6, away)
        + 0.004 * np.sin(around * 57 + away * 2)
    )
    points = points + (matrix @ bust.normals[used]) * locks[:, None]
    triangles = triangles_of(quads)
    return _Scalp(points, vertex_normals(points, triangles), triangles, over)


def _strand_uvs(points, triangles, axis):
    """Per-corner UVs, because the angle jumps at the back of the axis."""
    around, away = axis.angles(points)
    u = around[triangles] / (2 * np.pi)
    wraps = np.ptp(u, axis=1, keepdims=True) > 0.5
    u = np.where(wraps & (u < 0), u + 1, u)
    return np.stack([u * _STRAND_REPEATS, away[triangles] / np.pi], -1)


def _unshared(points, normals, triangles, uvs, values):
    """Merges equal (vertex, uv) corners into vertices."""
    keys = np.c_[triangles.ravel(), np.round(uvs.reshape(-1, 2) * 1e5).astype(np.int64)]
    _, first, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    vertex = triangles.ravel()[first]
    return (
        points[vertex],
        normals[vertex],
        inverse.reshape(-1, 3),
        uvs.reshape(-1, 2)[first],
        values[vertex],
    )


def _strands(scalp, axis, material, field, lift, alpha):
    """The scalp where `field` > 0, raised by `lift`; `alpha` takes the height over the hairline."""
    sources, blend, triangles = clip_triangles(scalp.triangles, field)

    def cut(values):
        first, second = values[sources[:, 0]], values[sources[:, 1]]
        share = blend.reshape(-1, *[1] * (values.ndim - 1))
        return first * (1 - share) + second * share

    normals = unit(cut(scalp.normals))
    points = cut(scalp.points) + normals * lift
    uvs = _strand_uvs(points, triangles, axis)
    points, normals, triangles, uvs, over = _unshared(
        points, normals, triangles, uvs, cut(scalp.over)
    )
    tone = np.ones((len(points), 4))
    tone[:, 3] = alpha(over)
    return Primitive(
        points=points,
        normals=normals,
        triangles=triangles,
        material=material,
        weights=JointWeights.all_head(len(points)),
        uvs=uvs,
        colors=tone,
    )


def _cap(scalp, axis, material):
    return _strands(scalp, axis, material, scalp.over - 0.045, 0.0, lambda over: 1.0 + 0 * over)


def _fringe(scalp, axis, material):
    field = np.minimum(scalp.over + 0.12, 0.22 - scalp.over)

    def alpha(over):
        return smoothstep(-0.11, 0.07, over) * smoothstep(0.21, 0.12, over)

    return _strands(scalp, axis, material, field, 0.008, alpha)


def _bun(axis, material):
    sphere, triangles = uv_sphere(40, 24)
    around = np.arctan2(sphere[:, 1], sphere[:, 0])
    polar = np.arccos(sphere[:, 2].clip(-1, 1))
    twist = 0.035 * np.sin(around * 9 + polar * 5) + 0.02 * np.sin(around * 31 + polar * 9)
    shape = sphere * (1 + twist * np.sin(polar))[:, None] * [0.44, 0.40, 0.32]
    frame = np.stack([axis.side, axis.up, axis.direction], 1)
    points = axis.bun + axis.direction * 0.20 + shape @ frame.T
    triangles = outward(points, triangles)
    return Primitive(
        points=points,
        normals=vertex_normals(points, triangles),
        triangles=triangles,
        material=material,
        weights=JointWeights.all_head(len(points)),
        uvs=np.stack([around / (2 * np.pi) * 2 + polar * 0.35, polar / np.pi], 1),
        colors=np.ones((len(points), 4)),
    )


def _paint_strands(rng, width=1024, height=512):
    """(colour, normal, fringe with alpha); strands run along the image's columns."""

    def streaks(thickness, length):
        noise = ndi.gaussian_filter1d(rng.normal(size=(height, width)), thickness, 1, mode="wrap")
        noise = ndi.gaussian_filter1d(noise, length, axis=0, mode="wrap")
        return noise / noise.std()

    fine, broad = streaks(1.2, 60), streaks(7, 90)
    color = _COLOR * (1 + 0.24 * fine[..., None] + 0.13 * broad[..., None])
    slope = -np.gradient(ndi.gaussian_filter(fine, 0.6) * 0.45, axis=1)
    normal = unit(np.dstack([slope, np.zeros_like(slope), np.ones_like(slope)]))
    hairs = smoothstep(-0.1, 1.4, streaks(1.4, 22) + 0.5 * streaks(6, 30))
    dark = np.broadcast_to(_COLOR * 0.9, color.shape)
    wisps = np.dstack([dark, np.round(hairs * 32) / 32])

    def image(values):
        return Image.fromarray((np.clip(values, 0, 1) * 255).astype(np.uint8))

    return image(color), image(normal * 0.5 + 0.5), image(wisps)
