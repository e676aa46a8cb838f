"""A plain shirt: the chest's skin moved outwards, cut along the neckline, with a collar band."""

import numpy as np
from scipy import ndimage as ndi

from bust import ISLANDS
from mesh_math import (
    catmull_clark_steps,
    clip_triangles,
    compact,
    smoothstep,
    triangles_of,
    tube,
    unit,
    vertex_normals,
)
from part import JointWeights, Material, Part, Primitive

_CLOTH = (0.030, 0.045, 0.070, 1.0)
_COLLAR_STEPS, _COLLAR_RING = 120, 10
HIDDEN_DEPTH = 0.22  # skin this far under the collar is never seen


def depth_under_collar(points, neck_joint):
    """How far (decimetres) points lie below the neckline: a round dip in front, up at the sides."""
    azimuth = np.arctan2(points[:, 0], points[:, 2] - neck_joint[2])
    ahead = 0.5 + 0.5 * np.cos(azimuth)
    collar = neck_joint[1] - 0.02 - 0.40 * ahead**1.5 + 0.10 * np.sin(azimuth) ** 2
    return collar - points[:, 1]


def build_shirt(bust, person, subdivisions):
    used, quads = compact(bust.quads[bust.island_of_quad == ISLANDS.index("bust")])
    matrix, quads = catmull_clark_steps(len(used), quads, subdivisions)
    points, triangles = matrix @ bust.points[used], triangles_of(quads)
    normals = vertex_normals(points, triangles)
    depth = depth_under_collar(points, person.neck_joint)
    points = points + normals * (0.024 + 0.03 * smoothstep(0, 0.30, depth))[:, None]
    weights = np.stack([matrix @ bust.weights.head[used], matrix @ bust.weights.neck[used]], 1)

    sources, blend, triangles = clip_triangles(triangles, depth)

    def cut(values):
        return values[sources[:, 0]] * (1 - blend[:, None]) + values[sources[:, 1]] * blend[:, None]

    points, weights, depth = cut(points), cut(weights), cut(depth[:, None])[:, 0]
    normals = vertex_normals(points, triangles)
    material = Material("Shirt", base_color=_CLOTH, roughness=0.9, double_sided=True)
    cloth = Primitive(
        points=points,
        normals=normals,
        triangles=triangles,
        material=material,
        weights=JointWeights(weights[:, 0], weights[:, 1]),
        colors=_shade(1 - 0.35 * smoothstep(0.14, 0.0, depth)),
    )
    rim = (blend > 0) & (blend < 1)
    collar = _collar(points[rim], normals[rim], weights[rim], person, material)
    return Part("Shirt", [cloth, collar])


def _shade(light):
    return np.stack([light, light, light, np.ones_like(light)], 1)


def _by_azimuth(values, azimuth, wanted, smooth):
    """Periodic resampling of values over the angle around the neck."""
    order = np.argsort(azimuth)
    turns = [azimuth[order] + turn * 2 * np.pi for turn in (-1, 0, 1)]
    padded_azimuth = np.concatenate(turns)
    padded = np.concatenate([values[order]] * 3)
    resampled = np.stack([np.interp(wanted, padded_azimuth, column) for column in padded.T], 1)
    return ndi.gaussian_filter1d(resampled, smooth, axis=0, mode="wrap")


def _collar(points, normals, weights, person, material):
    """A band swept along the cut: an upright ellipse that leans with the cloth."""
    azimuth = np.arctan2(points[:, 0], points[:, 2] - person.neck_joint[2])
    wanted = np.linspace(-np.pi, np.pi, _COLLAR_STEPS, endpoint=False)
    path = _by_azimuth(points, azimuth, wanted, 2.0)
    out = unit(_by_azimuth(normals, azimuth, wanted, 3.0))
    along = unit(np.roll(path, -1, 0) - np.roll(path, 1, 0))
    up = unit(np.cross(out, along))
    up *= np.sign(up[:, 1:2])
    ring = np.linspace(0, 2 * np.pi, _COLLAR_RING, endpoint=False)
    section = (
        out[:, None, :] * (0.017 * np.cos(ring))[None, :, None]
        + up[:, None, :] * (0.042 * np.sin(ring))[None, :, None]
    )
    band, triangles = tube(path + 0.012 * up - 0.004 * out, section, closed=True)
    outward_normals = vertex_normals(band, triangles)
    if (outward_normals * section.reshape(-1, 3)).sum() < 0:
        triangles, outward_normals = triangles[:, ::-1], -outward_normals
    spread = np.repeat(_by_azimuth(weights, azimuth, wanted, 2.0), _COLLAR_RING, axis=0)
    light = 1.12 + 0.14 * np.tile(np.sin(ring), _COLLAR_STEPS)
    return Primitive(
        points=band,
        normals=outward_normals,
        triangles=triangles,
        material=material,
        weights=JointWeights(spread[:, 0], spread[:, 1]),
        colors=_shade(light),
    )
