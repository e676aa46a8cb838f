"""Where the hair begins: a height over the eyes for every direction around the head."""

import numpy as np
from scipy import ndimage as ndi

# Degrees from straight ahead, and the hairline's height (decimetres) over the eyes there.
_AZIMUTH = [0, 14, 24, 33, 41, 48, 56, 64, 72, 82, 90, 104, 116, 135, 160, 180]
_HEIGHT = [0.60, 0.605, 0.59, 0.55, 0.47, 0.34, 0.14, -0.02, -0.12, -0.12, 0.05, -0.15, -0.15,
           -0.40, -0.52, -0.55]  # fmt: skip
_HEAD_RADIUS = 0.75  # decimetres, turns a slope per degree into one per decimetre

_DEGREES = np.arange(181)
_CURVE = ndi.gaussian_filter1d(np.interp(_DEGREES, _AZIMUTH, _HEIGHT), 3, mode="nearest")
_SLOPE = np.gradient(_CURVE) / np.radians(1) / _HEAD_RADIUS


def height_over_hairline(points, eye_center):
    """Distance from the hairline (decimetres, about), positive inside the hair, for (n, 3) points.

    It is the height over the curve, shortened where the curve is steep, as at the temples.
    """
    forward = points[:, 2] - (eye_center[2] - 0.65)
    azimuth = np.degrees(np.arctan2(np.abs(points[:, 0]), forward))
    height = points[:, 1] - eye_center[1] - np.interp(azimuth, _DEGREES, _CURVE)
    return height / np.sqrt(1 + np.interp(azimuth, _DEGREES, _SLOPE) ** 2)
