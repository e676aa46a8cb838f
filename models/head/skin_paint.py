"""Paints the skin: colour, normals, occlusion and roughness, by rules in 3-D space.

Distances are decimetres, measured from the point between the eyes: x to the side, y up.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage as ndi
from scipy.spatial import cKDTree

from bake import bake_to_texels, value_noise
from brows import paint_brows
from bust import ISLANDS
from hairline import height_over_hairline
from mesh_math import smoothstep
from shirt import depth_under_collar

HAIR_COLOR = np.array([0.115, 0.075, 0.055])
_SKIN = (0.80, 0.585, 0.475)


@dataclass
class Texels:
    """What is known of every texel; arrays are (size, size[, 3])."""

    point: np.ndarray
    normal: np.ndarray
    sky: np.ndarray  # unoccluded share
    island: np.ndarray  # index into ISLANDS
    covered: np.ndarray
    lips: np.ndarray
    lids: np.ndarray
    ears: np.ndarray
    lid_rim: np.ndarray  # distance to the edge of the nearest eyelid
    hairline: np.ndarray  # height over the hairline; positive inside the hair
    collar: np.ndarray  # depth under the shirt's collar
    x: np.ndarray  # |x|
    y: np.ndarray
    z: np.ndarray
    front: np.ndarray  # 1 where the skin faces forward

    def on(self, *islands):
        return np.isin(self.island, [ISLANDS.index(name) for name in islands])


def gather_texels(source, person, bust, sky, size):
    maps, covered = bake_to_texels(
        [
            (bust.points, False),
            (bust.normals, False),
            (bust.source_uvs, True),
            (sky[:, None], False),
        ],
        bust.uvs,
        bust.triangles,
        bust.uv_triangles,
        size,
    )
    point, normal, uv = maps[..., :3], maps[..., 3:6], maps[..., 6:8]
    island = np.zeros((size, size), np.uint8)
    for name, (low, high) in bust.island_boxes.items():
        x0, y0 = np.maximum((low * size - 4).astype(int), 0)
        x1, y1 = (high * size + 5).astype(int)
        island[y0:y1, x0:x1] = ISLANDS.index(name)

    def mask(name):
        image = source.mask_image(name)
        where = [(1 - uv[..., 1]) * len(image) - 0.5, uv[..., 0] * len(image) - 0.5]
        return ndi.map_coordinates(image, where, order=1, mode="nearest")

    flat = point.reshape(-1, 3)
    return Texels(
        point=point,
        normal=normal,
        sky=maps[..., 8],
        island=island,
        covered=covered,
        lips=mask("lips"),
        lids=mask("eyelids"),
        ears=mask("ears"),
        lid_rim=_distance_to_lids(bust, flat).reshape(size, size),
        hairline=height_over_hairline(flat, person.eye_center).reshape(size, size),
        collar=depth_under_collar(flat, person.neck_joint).reshape(size, size),
        x=np.abs(point[..., 0]),
        y=point[..., 1] - person.eye_center[1],
        z=point[..., 2] - person.eye_center[2],
        front=smoothstep(0, 0.5, normal[..., 2]),
    )


def _distance_to_lids(bust, points, farthest=0.06):
    """To the edges where the face meets the eye sockets; inf beyond `farthest`."""
    edges = bust.shared_edges("head", "socket_left") | bust.shared_edges("head", "socket_right")
    a, b = (bust.points[list(ends)] for ends in zip(*edges))
    along = np.linspace(0, 1, 9)[:, None, None]
    tree = cKDTree((a * (1 - along) + b * along).reshape(-1, 3))
    return tree.query(points, distance_upper_bound=farthest)[0]


class _Canvas:
    def __init__(self, size, color):
        self.color = np.ones((size, size, 3), np.float32) * np.array(color, np.float32)

    def blend(self, color, amount):
        amount = amount[..., None]
        self.color = self.color * (1 - amount) + np.array(color, np.float32) * amount

    def shade(self, factor):
        self.color = self.color * factor[..., None]


class SkinPainter:
    """Holds what the three textures share: texels, landmarks, noise, brows and scalp tint."""

    def __init__(self, texels, nose_tip_y, rng):
        self.texels = texels
        self.mouth_y = float(texels.y[texels.lips > 0.5].mean())
        self.nose_y = nose_tip_y
        point = texels.point
        self.broad = value_noise(point, 3, 1) + 0.6 * value_noise(point, 9, 2)
        self.patchy = value_noise(point, 28, 3)
        self.fine = value_noise(point, 75, 4)
        self.pores = value_noise(point, 150, 5)
        self.brows = paint_brows(texels, rng)
        self.scalp = self._scalp_tint()

    def _spot(self, x, y, width, height):
        """A soft spot on both halves of the face."""
        t = self.texels
        return np.exp(-(((t.x - x) / width) ** 2) - ((t.y - y) / height) ** 2) * t.front

    def _scalp_tint(self):
        """Hair roots: streaks that thin out below the hairline, to soften the edge of the hair."""
        t = self.texels
        streaks = value_noise(t.point * [1, 0.22, 0.35], 95, 21) + 0.5 * value_noise(
            t.point, 17, 22
        )
        roots = smoothstep(-0.07, 0.08, t.hairline + 0.055 * streaks)
        haze = 0.42 * smoothstep(-0.20, 0.04, t.hairline + 0.04 * streaks)
        where = t.on("head", "bust") * (1 - t.ears) * smoothstep(-1.5, -0.9, -t.x)
        return np.maximum(roots, haze) * where

    def color_image(self):
        canvas = _Canvas(len(self.texels.point), _SKIN)
        self._paint_complexion(canvas)
        self._paint_lips(canvas)
        self._paint_cavities(canvas)
        canvas.blend(HAIR_COLOR, 0.93 * self.scalp)
        canvas.blend(HAIR_COLOR * 1.7, 0.42 * np.clip(self.brows.haze * 1.4, 0, 1))
        canvas.blend(HAIR_COLOR * 1.2, 0.85 * self.brows.strokes)
        return _image(canvas.color)

    def _paint_complexion(self, canvas):
        t, nose, mouth = self.texels, self.nose_y, self.mouth_y
        canvas.blend((0.76, 0.43, 0.36), 0.34 * self._spot(0.50, nose + 0.06, 0.27, 0.22))
        canvas.blend((0.76, 0.42, 0.35), 0.30 * self._spot(0, nose, 0.15, 0.13))
        canvas.blend((0.79, 0.52, 0.45), 0.22 * self._spot(0, mouth - 0.33, 0.22, 0.13))
        canvas.blend((0.85, 0.66, 0.55), 0.25 * self._spot(0, 0.45, 0.45, 0.22))
        head = t.on("head")
        canvas.blend((0.66, 0.46, 0.42), 0.24 * self._spot(0.31, -0.16, 0.16, 0.06) * head)
        canvas.blend((0.70, 0.45, 0.39), 0.30 * t.lids)
        canvas.blend((0.52, 0.30, 0.26), 0.30 * self._spot(0.30, 0.10, 0.20, 0.045) * head * t.lids)
        canvas.blend((0.30, 0.17, 0.14), 0.75 * smoothstep(0.020, 0.004, t.lid_rim))
        canvas.blend((0.80, 0.49, 0.42), 0.30 * t.ears)
        texture = 0.050 * self.broad + 0.040 * self.patchy + 0.045 * self.fine + 0.03 * self.pores
        canvas.shade(1 + texture)
        canvas.color[..., 1:] *= (1 - 0.045 * self.broad - 0.03 * self.patchy)[..., None]
        spots = value_noise(t.point, 17, 9) + 0.25 * value_noise(t.point, 60, 10)
        freckles = smoothstep(0.33, 0.42, spots)
        canvas.blend((0.62, 0.40, 0.30), 0.18 * freckles * self._spot(0.35, nose + 0.15, 0.5, 0.3))

    def _paint_lips(self, canvas):
        t = self.texels
        amount = np.clip(t.lips, 0, 1)
        canvas.blend((0.68, 0.335, 0.315), 0.74 * amount)
        canvas.shade(1 - 0.10 * amount * (value_noise(t.point * [1, 0.18, 0.18], 60, 12) + 0.1))
        parting = smoothstep(0.6, 1, t.lips) * smoothstep(0.62, 0.30, t.sky)
        canvas.blend((0.40, 0.16, 0.15), 0.55 * parting)

    def _paint_cavities(self, canvas):
        t = self.texels
        mouth = t.on("mouth")
        lip_z = t.point[..., 2][t.lips > 0.5].mean()
        depth = smoothstep(lip_z - 0.75, lip_z - 0.12, t.point[..., 2])[..., None]
        lining = np.array([0.10, 0.02, 0.02]) * (1 - depth) + np.array([0.50, 0.19, 0.18]) * depth
        canvas.color[mouth] = lining[mouth]
        canvas.color[t.on("socket_left", "socket_right")] = (0.80, 0.53, 0.47)
        nostril = np.exp(-((t.x / 0.22) ** 2) - ((t.y - self.nose_y + 0.06) / 0.12) ** 2)
        dark = smoothstep(0.40, 0.12, t.sky) * t.on("head") * (1 - t.lips)
        canvas.blend((0.30, 0.13, 0.10), 0.75 * dark * nostril)
        canvas.shade(0.80 + 0.20 * smoothstep(0.05, 0.75, t.sky))
        canvas.shade(1 - 0.45 * smoothstep(-0.16, 0.03, t.collar) * t.on("bust", "head"))

    def normal_image(self):
        t = self.texels
        skin = (0.55 * self.pores + 0.9 * self.fine + 0.35 * value_noise(t.point, 260, 31)) * 0.0010
        height = skin * t.on("head", "bust") * (1 - 0.6 * t.lips)
        height += 0.0040 * t.lips * value_noise(t.point * [1, 0.15, 0.15], 55, 12)
        height += 0.0035 * self.brows.strokes
        height += 0.004 * self.scalp * value_noise(t.point * [1, 0.25, 0.25], 60, 44)
        dy, dx = np.gradient(ndi.gaussian_filter(height, 0.7))
        texel_width = np.linalg.norm(np.gradient(t.point, axis=1), axis=2) + 1e-5
        texel_height = np.linalg.norm(np.gradient(t.point, axis=0), axis=2) + 1e-5
        normal = np.stack([-dx / texel_width, -dy / texel_height, np.ones_like(dx)], 2)
        normal = normal.clip(-1.2, 1.2)
        normal[~t.covered] = (0, 0, 1)
        normal /= np.linalg.norm(normal, axis=2, keepdims=True)
        return _image(normal * 0.5 + 0.5)

    def occlusion_roughness_image(self):
        t = self.texels
        shine = np.exp(-((t.x / 0.16) ** 2) - ((t.y - 0.05) / 0.5) ** 2) * t.front
        rough = 0.50 + 0.10 * self.fine + 0.05 * self.patchy - 0.06 * shine - 0.14 * t.lips
        rough += 0.15 * self.scalp
        rough[t.on("mouth")] = 0.85
        rough[t.on("socket_left", "socket_right")] = 0.3
        occlusion = 0.25 + 0.75 * smoothstep(0, 0.85, t.sky)
        image = _image(np.stack([occlusion, rough.clip(0.2, 0.9), np.zeros_like(rough)], 2))
        half = max(image.width // 2, 512)
        return image.resize((half, half), Image.LANCZOS)


def _image(values):
    """Rows of our arrays run upwards, those of an image downwards."""
    return Image.fromarray((np.clip(values, 0, 1) * 255).astype(np.uint8)[::-1])
