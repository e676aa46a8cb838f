"""Carries vertex data into texture space, and works out how much sky each vertex sees."""

import numpy as np
import scipy.sparse as sp
from scipy import ndimage as ndi


def bake_to_texels(layers, uvs, triangles, uv_triangles, size):
    """Interpolates vertex data over the texture.

    `layers`: [(array, indexed_by_uv)]. Returns ([size, size, k] with row 0 at v = 0, mask of
    the texels that a triangle covers); texels outside take the nearest covered one's values.
    """
    channels = sum(array.shape[1] for array, _ in layers)
    result = np.zeros((size, size, channels), np.float32)
    covered = np.zeros((size, size), bool)
    corners = np.concatenate(
        [array[uv_triangles if by_uv else triangles] for array, by_uv in layers], axis=2
    )
    for (a, b, c), values in zip(uvs[uv_triangles] * size, corners):
        x0, y0 = np.maximum(np.floor(np.minimum(np.minimum(a, b), c)).astype(int) - 1, 0)
        x1, y1 = np.minimum(np.ceil(np.maximum(np.maximum(a, b), c)).astype(int) + 1, size)
        area = (b[1] - c[1]) * (a[0] - c[0]) + (c[0] - b[0]) * (a[1] - c[1])
        if abs(area) < 1e-12:
            continue
        dx = np.arange(x0, x1)[None, :] + 0.5 - c[0]
        dy = np.arange(y0, y1)[:, None] + 0.5 - c[1]
        first = ((b[1] - c[1]) * dx + (c[0] - b[0]) * dy) / area
        second = ((c[1] - a[1]) * dx + (a[0] - c[0]) * dy) / area
        inside = (first > -0.02) & (second > -0.02) & (first + second < 1.02)
        if inside.any():
            first, second = first[inside], second[inside]
            weights = np.stack([first, second, 1 - first - second], 1)
            result[y0:y1, x0:x1][inside] = weights @ values
            covered[y0:y1, x0:x1][inside] = True
    nearest = ndi.distance_transform_edt(~covered, return_distances=False, return_indices=True)
    return result[nearest[0], nearest[1]], covered


def ambient_occlusion(points, normals, triangles, occluders, directions=160, resolution=300):
    """Cosine-weighted share of unblocked directions per vertex, in [0, 1].

    The occluders are drawn as points into a depth map from each direction of a Fibonacci sphere.
    """
    middle, half_extent = np.array([0, 6, 0.3]), 3.2
    index = np.arange(directions) + 0.5
    polar, azimuth = np.arccos(1 - 2 * index / directions), np.pi * (1 + 5**0.5) * index
    toward = np.stack(
        [np.cos(azimuth) * np.sin(polar), np.cos(polar), np.sin(azimuth) * np.sin(polar)], 1
    )
    seen, total = np.zeros(len(points)), np.zeros(len(points))
    for direction in toward:
        right = np.cross(direction, [0.3, 0.9, 0.2])
        right /= np.linalg.norm(right)
        up = np.cross(direction, right)

        def project(where):
            local = where - middle
            scale = resolution / (2 * half_extent)
            u = ((local @ right + half_extent) * scale).astype(int).clip(0, resolution - 1)
            v = ((local @ up + half_extent) * scale).astype(int).clip(0, resolution - 1)
            return u, v, local @ direction

        u, v, depth = project(occluders)
        nearest = np.full((resolution, resolution), -1e9)
        np.maximum.at(nearest, (u, v), depth)
        nearest = ndi.maximum_filter(nearest, 3)
        u, v, depth = project(points + normals * 0.02)
        cosine = (normals @ direction).clip(0)
        seen += cosine * (depth > nearest[u, v] - 0.06)
        total += cosine
    return smooth_over_mesh(seen / np.maximum(total, 1e-6), triangles, rounds=2)


def smooth_over_mesh(values, triangles, rounds):
    rows = np.concatenate([triangles[:, [0, 1, 2]].ravel(), triangles[:, [1, 2, 0]].ravel()])
    columns = np.concatenate([triangles[:, [1, 2, 0]].ravel(), triangles[:, [0, 1, 2]].ravel()])
    size = len(values)
    links = sp.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(size, size))
    degree = np.maximum(np.asarray(links.sum(1)).ravel(), 1)
    for _ in range(rounds):
        values = 0.5 * values + 0.5 * (links @ values) / degree
    return values


def value_noise(points, frequency, seed):
    """Smooth lattice noise in [-0.5, 0.5] at 3-D points."""
    scaled = points * frequency
    cell = np.floor(scaled).astype(np.int64)
    fraction = scaled - cell
    fraction = fraction * fraction * (3 - 2 * fraction)

    def hashed(x, y, z):
        n = (x * 374761393 + y * 668265263 + z * 2147483647 + seed * 974634777) & 0xFFFFFFFF
        n = ((n ^ (n >> 13)) * 1274126177) & 0xFFFFFFFF
        return ((n ^ (n >> 16)) & 0xFFFF) / 65535.0

    total = 0
    for corner in np.ndindex(2, 2, 2):
        weight = 1
        for axis, side in enumerate(corner):
            weight = weight * (fraction[..., axis] if side else 1 - fraction[..., axis])
        total = total + weight * hashed(*(cell[..., k] + corner[k] for k in range(3)))
    return total - 0.5
