"""Closes the lips at rest and measures how far each shape parts them.

The inner rim of the lips is where the outer skin meets the mouth's lining: the vertices that touch
both UV islands. The jaw tells the two rims apart, for it carries the lower one down.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage as ndi

from arkit import NAMES

_MILLIMETRES_PER_DECIMETRE = 100.0


@dataclass
class LipRims:
    upper: np.ndarray  # vertex indices, sorted by x
    lower: np.ndarray


def find_rims(bust):
    """The seam of lips and lining is one closed loop; the corners of the mouth cut it in two."""
    loop = _loop_through(bust.shared_edges("head", "mouth"))
    x = bust.points[loop, 0]
    loop = np.roll(loop, -int(np.argmin(x)))
    corner = int(np.argmax(bust.points[loop, 0]))
    first = loop[: corner + 1]
    second = np.concatenate([loop[corner:], loop[:1]])
    drop = bust.deltas["jawOpen"][:, 1]
    if drop[first].min() < drop[second].min():
        first, second = second, first
    return LipRims(*(ids[np.argsort(bust.points[ids, 0])] for ids in (first, second)))


def _loop_through(edges):
    neighbours = {}
    for a, b in edges:
        neighbours.setdefault(a, []).append(b)
        neighbours.setdefault(b, []).append(a)
    loop = [min(neighbours)]
    while len(loop) < len(neighbours):
        loop.append(next(v for v in neighbours[loop[-1]] if v not in loop[-2:] and v != loop[0]))
    return np.array(loop)


def seal(bust, rounds=3, step=0.004, overlap=0.003, half_width=0.36):
    """Moves both lips together until no gap shows from the front (subdivision parts them).

    Each round draws the mouth into a depth map, takes holes in it for gaps and pulls the lips over
    them by half a gap and `overlap`, fading out within 0.075 dm. Returns the widest gap (mm) left.
    """
    rims = find_rims(bust)
    rim_points = bust.points[np.concatenate([rims.upper, rims.lower])]
    center = rim_points[np.abs(rim_points[:, 0]) < 0.1].mean(0)
    xs = np.arange(-half_width, half_width, step)
    points = bust.points
    for round_index in range(rounds + 1):
        holes, ys = _front_holes(points, bust.triangles, center, xs, step)
        gap = holes.sum(0) * step
        left = gap.max() * _MILLIMETRES_PER_DECIMETRE
        gapped = holes.any(0)
        if gapped.sum() < 5 or round_index == rounds:
            break
        middle = (holes * ys[:, None]).sum(0) / np.maximum(holes.sum(0), 1)
        middle = ndi.gaussian_filter(np.interp(xs, xs[gapped], middle[gapped]), 2)
        gap = ndi.gaussian_filter(ndi.maximum_filter1d(gap, 5), 2)
        here = np.interp(points[:, 0], xs, gap) * (np.abs(points[:, 0]) < half_width)
        offset = points[:, 1] - np.interp(points[:, 0], xs, middle)
        near = np.exp(-((offset / 0.075) ** 2)) * (points[:, 2] > center[2] - 0.17)
        pull = near * (here * 0.5 + overlap * (here > 0.002))
        points[:, 1] -= np.sign(offset) * pull * (np.abs(offset) > 1e-4)
    return left


def _front_holes(points, triangles, center, xs, step):
    """(rows x columns) bool: where the front view falls into the mouth; and the rows' y."""
    ys = np.arange(center[1] - 0.16, center[1] + 0.16, step)
    corners = points[triangles]
    near = (
        (np.abs(corners[..., 0]).max(1) < 0.42)
        & (np.abs(corners[..., 1] - center[1]).max(1) < 0.25)
        & (corners[..., 2].min(1) > center[2] - 0.55)
    )
    depth = np.full((len(ys), len(xs)), -9.0)
    for a, b, c in corners[near]:
        x0, x1 = np.searchsorted(xs, [min(a[0], b[0], c[0]), max(a[0], b[0], c[0])])
        y0, y1 = np.searchsorted(ys, [min(a[1], b[1], c[1]), max(a[1], b[1], c[1])])
        area = (b[1] - c[1]) * (a[0] - c[0]) + (c[0] - b[0]) * (a[1] - c[1])
        if x1 <= x0 or y1 <= y0 or abs(area) < 1e-12:
            continue
        gx, gy = np.meshgrid(xs[x0:x1] - c[0], ys[y0:y1] - c[1])
        first = ((b[1] - c[1]) * gx + (c[0] - b[0]) * gy) / area
        second = ((c[1] - a[1]) * gx + (a[0] - c[0]) * gy) / area
        third = 1 - first - second
        inside = (first >= 0) & (second >= 0) & (third >= 0)
        z = first * a[2] + second * b[2] + third * c[2]
        window = depth[y0:y1, x0:x1]
        window[inside] = np.maximum(window[inside], z[inside])
    return depth < ndi.maximum_filter(depth, size=(15, 1)) - 0.05, ys


@dataclass
class LipAperture:
    """Change of the vertical gap between the inner rims, in mm per unit weight of each shape."""

    midline: dict
    central_third: dict
    overlap_at_rest: float  # mm, mean over the central third; the sealed lips press into each other


def measure_aperture(bust):
    """Linear in the weights by construction: the rims' vertices move by weight x delta.

    The gap at a place x is read by interpolating the upper and the lower rim's change in y there.
    """
    rims = find_rims(bust)
    width = np.ptp(bust.points[np.concatenate([rims.upper, rims.lower]), 0])
    samples = np.linspace(-width / 6, width / 6, 41)
    midline, central = {}, {}
    for name in NAMES:
        upper, lower = (
            np.interp(samples, bust.points[rim, 0], bust.deltas[name][rim, 1])
            for rim in (rims.upper, rims.lower)
        )
        change = (upper - lower) * _MILLIMETRES_PER_DECIMETRE
        midline[name] = round(float(change[len(samples) // 2]), 3)
        central[name] = round(float(change.mean()), 3)
    upper, lower = (
        np.interp(samples, bust.points[rim, 0], bust.points[rim, 1])
        for rim in (rims.upper, rims.lower)
    )
    overlap = float((lower - upper).mean()) * _MILLIMETRES_PER_DECIMETRE
    return LipAperture(midline, central, round(overlap, 3))
