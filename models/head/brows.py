"""Eyebrows: hairs drawn in front view and projected on the face, so that they move with it."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from scipy import ndimage as ndi

_PIXELS_PER_DECIMETRE = 1600
_TOP = 0.8  # the drawing spans x in [-1, 1] and y in [-0.2, 0.8] around the eyes
_INNER_X, _LENGTH = 0.115, 0.415
# Along the brow, from its inner to its outer end:
_X = [0.115, 0.15, 0.20, 0.28, 0.37, 0.45, 0.53]
_Y = [0.140, 0.155, 0.176, 0.203, 0.221, 0.207, 0.160]
_HALF_HEIGHT = [0.036, 0.046, 0.049, 0.046, 0.040, 0.028, 0.010]
_HAIR_COUNT = 900


@dataclass
class Brows:
    strokes: np.ndarray  # (size, size) cover of hairs
    haze: np.ndarray  # their soft shadow


def paint_brows(texels, rng):
    drawing = Image.new("L", (2 * _PIXELS_PER_DECIMETRE, _PIXELS_PER_DECIMETRE), 0)
    pen = ImageDraw.Draw(drawing)
    for side in (-1, 1):
        for _ in range(_HAIR_COUNT):
            _draw_hair(pen, side, rng)
    x = texels.x * np.where(texels.point[..., 0] < 0, -1, 1)
    where = [(_TOP - texels.y) * _PIXELS_PER_DECIMETRE, (x + 1) * _PIXELS_PER_DECIMETRE]
    visible = texels.front * texels.on("head") * (texels.z > -0.4)

    def project(radius):
        blurred = drawing.filter(ImageFilter.GaussianBlur(radius))
        return ndi.map_coordinates(np.asarray(blurred, np.float32) / 255, where, order=1) * visible

    return Brows(strokes=project(1.1), haze=project(16))


def _draw_hair(pen, side, rng):
    """Hairs stand up at the inner end, lean outwards along the brow and thin out at both ends."""
    along = rng.beta(1.02, 1.05)
    x = _INNER_X + along * _LENGTH
    across = np.clip(rng.normal() * 0.45, -1.1, 1.1)
    y = np.interp(x, _X, _Y) + across * np.interp(x, _X, _HALF_HEIGHT) * 0.72
    angle = np.interp(x, [0.11, 0.16, 0.22, 0.32, 0.45, 0.55], [1.45, 1.15, 0.85, 0.42, -0.1, -0.6])
    angle += -0.50 * np.clip(across, -1, 1) * min(1.0, along / 0.15) + rng.normal() * 0.13
    length = np.interp(x, [0.11, 0.17, 0.25, 0.45, 0.55], [0.034, 0.050, 0.062, 0.058, 0.040])
    length *= rng.uniform(0.7, 1.2)
    density = np.interp(along, [0, 0.10, 0.22, 0.85, 1], [0.28, 0.60, 1, 1, 0.7])
    shade = int(rng.uniform(115, 215) * density)
    steps = [
        (x + length * t * np.cos(angle - 0.35 * t), y + length * t * np.sin(angle - 0.35 * t))
        for t in np.linspace(0, 1, 6)
    ]
    pixels = [
        ((side * px + 1) * _PIXELS_PER_DECIMETRE, (_TOP - py) * _PIXELS_PER_DECIMETRE)
        for px, py in steps
    ]
    for k in range(5):
        pen.line([pixels[k], pixels[k + 1]], fill=shade, width=max(1, 4 - k))
