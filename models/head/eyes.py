"""Eyeballs: spheres fitted to the source's eyes, turned by the rotation of a gaze shape."""

import numpy as np
from PIL import Image
from scipy.spatial.transform import Rotation

from arkit import NAMES
from mesh_math import rigid_motion, smoothstep, uv_sphere, vertex_normals
from part import JointWeights, Material, Part, Primitive
from person import GAZE_GAIN

_IRIS, _PUPIL = 0.425, 0.150  # radii on the eye's disc seen from the front
_TEXTURE = 512


def build_eyes(source, person, rng):
    material = Material(
        "Eye",
        roughness=0.12,
        color_image="eye",
        extensions={
            "KHR_materials_clearcoat": {"clearcoatFactor": 1.0, "clearcoatRoughnessFactor": 0.02}
        },
    )
    primitives = [_eyeball(source, person, side, material) for side in "lr"]
    return Part("Eyes", primitives, {"eye": paint_eye(rng)})


def _fit_sphere(points):
    system = np.c_[2 * points, np.ones(len(points))]
    solution = np.linalg.lstsq(system, (points**2).sum(1), rcond=None)[0]
    center = solution[:3]
    return center, np.sqrt(solution[3] + center @ center)


def _eyeball(source, person, side, material):
    ids = source.group_vertices(f"helper-{side}-eye")
    shell = person.points[ids]
    center, radius = _fit_sphere(shell)
    sphere, triangles = uv_sphere(40, 24)
    off_axis = np.hypot(sphere[:, 0], sphere[:, 1])
    cornea = 1 + 0.035 * smoothstep(0.50, 0.0, off_axis) * (sphere[:, 2] > 0)
    points = center + sphere * radius * cornea[:, None]
    normals = vertex_normals(points, triangles)
    uvs = sphere[:, :2] * 0.5 + 0.5
    behind = sphere[:, 2] < 0
    uvs[behind] = 0.5 + 0.49 * sphere[behind, :2] / np.maximum(off_axis[behind], 1e-6)[:, None]

    deltas, normal_deltas = {}, {}
    for name in NAMES:
        motion = person.deltas[name][ids]
        if np.abs(motion).max() < 1e-4:
            continue
        rotation, _, _ = rigid_motion(shell, shell + motion)
        turn = Rotation.from_matrix(rotation).as_rotvec()
        # The recipe already scales the lids' gaze shapes, and with them this rotation.
        turn *= GAZE_GAIN / person.gain(name)
        matrix = Rotation.from_rotvec(turn).as_matrix()
        deltas[name] = (points - center) @ matrix.T + center - points
        normal_deltas[name] = normals @ matrix.T - normals
    return Primitive(
        points=points,
        normals=normals,
        triangles=triangles,
        material=material,
        weights=JointWeights.all_head(len(points)),
        uvs=uvs,
        deltas=deltas,
        normal_deltas=normal_deltas,
    )


def paint_eye(rng):
    """Front view of an eye: brown iris with fibres, a dark limbus, shade under the upper lid."""
    axis = (np.arange(_TEXTURE) + 0.5) / _TEXTURE * 2 - 1
    x, y = np.meshgrid(axis, -axis)
    radius, angle = np.hypot(x, y), np.arctan2(y, x)

    white = np.array([0.82, 0.795, 0.77]) * (1 - 0.10 * smoothstep(0.5, 1, radius)[..., None])
    white[..., 1:] *= (1 - 0.08 * smoothstep(0.6, 1, radius))[..., None]

    fibres = sum(
        np.cos(angle * k + rng.uniform(0, 6) + 3 * np.sin(radius * 9)) * rng.uniform(0.3, 1)
        for k in (17, 29, 41, 53, 67)
    )[..., None] / 3  # fmt: skip
    inward = np.clip(radius / _IRIS, 0, 1)[..., None]
    iris = np.array([0.22, 0.118, 0.062]) * (1 + 0.35 * fibres) * (1.25 - 0.25 * inward)
    collarette = np.exp(-(((inward - 0.52) / 0.14) ** 2)) * (0.6 + 0.4 * fibres)
    iris = iris + np.array([0.15, 0.088, 0.035]) * collarette
    iris = iris * (1 - 0.75 * smoothstep(0.80, 1.0, inward))

    in_iris = smoothstep(_IRIS + 0.03, _IRIS - 0.03, radius)[..., None]
    eye = white * (1 - in_iris) + iris * in_iris
    in_pupil = smoothstep(_PUPIL + 0.01, _PUPIL - 0.01, radius)[..., None]
    eye = eye * (1 - in_pupil) + 0.012 * in_pupil
    lid_shadow = 0.40 * smoothstep(0.15, 0.75, y + 0.18 * np.abs(x))
    eye *= (1 - lid_shadow)[..., None]
    eye *= (1 - 0.15 * smoothstep(0.5, 0.95, -y))[..., None]
    return Image.fromarray((np.clip(eye, 0, 1) * 255).astype(np.uint8))
