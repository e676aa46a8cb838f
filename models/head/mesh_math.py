"""Mesh arithmetic that knows nothing of heads: subdivision, normals, spheres, clipping, sweeps."""

import numpy as np
import scipy.sparse as sp


def smoothstep(start, end, x):
    """0 at `start`, 1 at `end` (which may be smaller), smooth between."""
    t = np.clip((x - start) / (end - start), 0, 1)
    return t * t * (3 - 2 * t)


def triangles_of(quads):
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def unit(vectors):
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(length == 0, 1, length)


class NormalOperator:
    """Area-weighted vertex normals; keeps the incidence, for many poses of one mesh."""

    def __init__(self, vertex_count, triangles):
        self._triangles = triangles
        rows = triangles.ravel()
        columns = np.repeat(np.arange(len(triangles)), 3)
        self._incidence = sp.csr_matrix(
            (np.ones(len(rows)), (rows, columns)), shape=(vertex_count, len(triangles))
        )

    def __call__(self, points):
        a, b, c = (points[self._triangles[:, k]] for k in range(3))
        return unit(self._incidence @ np.cross(b - a, c - a))


def vertex_normals(points, triangles):
    return NormalOperator(len(points), triangles)(points)


def _edges(quads):
    """(edges [e, 2], edge of every quad side [f, 4])."""
    sides = np.stack([quads, np.roll(quads, -1, axis=1)], -1).reshape(-1, 2)
    edges, side_edge = np.unique(np.sort(sides, 1), axis=0, return_inverse=True)
    return edges, side_edge.reshape(-1, 4)


def _split_quads(vertex_count, quads, edges, side_edge):
    """Four child quads for each quad; new order: vertices, edge points, face points."""
    face = (vertex_count + len(edges) + np.arange(len(quads)))[:, None]
    side = vertex_count + side_edge
    children = [np.hstack([quads[:, [k]], side[:, [k]], face, side[:, [k - 1]]]) for k in range(4)]
    return np.stack(children, 1).reshape(-1, 4)


def catmull_clark(vertex_count, quads):
    """One step as (matrix [new, old], new quads), so that shapes and weights refine alike."""
    edges, side_edge = _edges(quads)
    face_count, edge_count = len(quads), len(edges)

    def sparse(rows, columns, values, shape):
        values = np.broadcast_to(values, np.shape(rows))
        return sp.csr_matrix((values.ravel(), (np.ravel(rows), np.ravel(columns))), shape=shape)

    face_rows = np.repeat(np.arange(face_count), 4)
    face_points = sparse(face_rows, quads.ravel(), 0.25, (face_count, vertex_count))
    mids = sparse(
        np.repeat(np.arange(edge_count), 2), edges.ravel(), 0.5, (edge_count, vertex_count)
    )
    edge_faces = sparse(side_edge.ravel(), face_rows, 1.0, (edge_count, face_count))
    faces_per_edge = np.asarray(edge_faces.sum(1)).ravel()
    border_edge = faces_per_edge == 1

    smooth_edges = 0.5 * mids + sp.diags(0.5 / faces_per_edge) @ edge_faces @ face_points
    edge_points = sp.diags(border_edge * 1.0) @ mids + sp.diags(~border_edge * 1.0) @ smooth_edges

    vertex_edges = sparse(
        edges.ravel(), np.repeat(np.arange(edge_count), 2), 1.0, (vertex_count, edge_count)
    )
    vertex_faces = sparse(quads.ravel(), face_rows, 1.0, (vertex_count, face_count))
    valence = np.asarray(vertex_faces.sum(1)).ravel()
    border_degree = np.asarray((vertex_edges @ sp.diags(border_edge * 1.0)).sum(1)).ravel()
    inner = (border_degree == 0) & (valence > 0)
    border = border_degree == 2
    n = np.maximum(valence, 1)
    identity = sp.identity(vertex_count, format="csr")
    vertex_points = (
        sp.diags(np.where(inner, (n - 3) / n, np.where(border, 0.5, 1.0))) @ identity
        + sp.diags(inner * 2 / n**2) @ vertex_edges @ mids
        + sp.diags(inner * 1 / n**2) @ vertex_faces @ face_points
        + sp.diags(border * 0.25) @ vertex_edges @ sp.diags(border_edge * 1.0) @ mids
    )
    matrix = sp.vstack([vertex_points, edge_points, face_points]).tocsr()
    return matrix, _split_quads(vertex_count, quads, edges, side_edge)


def catmull_clark_steps(vertex_count, quads, steps):
    matrix = sp.identity(vertex_count, format="csr")
    for _ in range(steps):
        step, quads = catmull_clark(matrix.shape[0], quads)
        matrix = step @ matrix
    return matrix, quads


def refine_uvs(uvs, uv_quads):
    """Bilinear refinement of texture coordinates, in the face order of catmull_clark."""
    edges, side_edge = _edges(uv_quads)
    refined = np.concatenate([uvs, uvs[edges].mean(1), uvs[uv_quads].mean(1)])
    return refined, _split_quads(len(uvs), uv_quads, edges, side_edge)


def compact(quads):
    """(used vertices, the quads renumbered into them)."""
    used, renumbered = np.unique(quads, return_inverse=True)
    return used, renumbered.reshape(quads.shape)


def split_by_uv(triangles, uv_triangles):
    """One vertex per (position, uv) pair: (position index, uv index, triangles)."""
    stride = int(uv_triangles.max()) + 1
    keys = triangles.astype(np.int64) * stride + uv_triangles
    unique, inverse = np.unique(keys.ravel(), return_inverse=True)
    return unique // stride, unique % stride, inverse.reshape(-1, 3)


def uv_sphere(around, rows):
    """Unit sphere with its pole on +Z: (points, triangles), counter-clockwise from outside."""
    theta = np.linspace(0, np.pi, rows + 1)[1:-1, None]
    phi = np.linspace(0, 2 * np.pi, around, endpoint=False)[None, :]
    ring = np.stack(
        [np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta) + 0 * phi], -1
    )
    points = np.concatenate([[[0, 0, 1]], ring.reshape(-1, 3), [[0, 0, -1]]])
    j = np.arange(around)
    k = (j + 1) % around
    triangles = [np.stack([0 * j, 1 + j, 1 + k], 1)]
    for row in range(rows - 2):
        a, b = 1 + row * around + j, 1 + row * around + k
        triangles += [np.stack([a, a + around, b + around], 1), np.stack([a, b + around, b], 1)]
    last = 1 + (rows - 2) * around
    triangles.append(np.stack([0 * j + len(points) - 1, last + k, last + j], 1))
    return points, np.concatenate(triangles)


def outward(points, triangles):
    """Triangles of a closed, roughly convex body, wound so that normals leave its middle."""
    normals = vertex_normals(points, triangles)
    return triangles if (normals * (points - points.mean(0))).sum() > 0 else triangles[:, ::-1]


def tube(path, cross_sections, closed):
    """Sweeps rings [path][ring] of points into triangles; `cross_sections` is (p, r, 3) offsets."""
    count, ring = cross_sections.shape[:2]
    points = (path[:, None, :] + cross_sections).reshape(-1, 3)
    triangles = []
    for i in range(count if closed else count - 1):
        a = i * ring + np.arange(ring)
        b = i * ring + (np.arange(ring) + 1) % ring
        c, d = (((i + 1) % count) * ring + x % ring for x in (np.arange(ring), np.arange(ring) + 1))
        triangles += [np.stack([a, b, d], 1), np.stack([a, d, c], 1)]
    return points, np.concatenate(triangles)


def clip_triangles(triangles, field):
    """Cuts a mesh where `field` (per vertex) is zero and keeps the positive side.

    Returns (sources [n, 2], blend [n], triangles): new vertex i is
    (1 - blend) * old[sources[i, 0]] + blend * old[sources[i, 1]]. Cut vertices have 0 < blend < 1.
    """
    sources, blends, index = [], [], {}

    def keep(a):
        if (a, a) not in index:
            index[(a, a)] = len(sources)
            sources.append((a, a))
            blends.append(0.0)
        return index[(a, a)]

    def cut(a, b):
        a, b = min(a, b), max(a, b)
        if (a, b) not in index:
            index[(a, b)] = len(sources)
            sources.append((a, b))
            blends.append(field[a] / (field[a] - field[b]))
        return index[(a, b)]

    result = []
    for corner in triangles[(field[triangles] > 0).any(1)].tolist():
        polygon = []
        for k in range(3):
            a, b = corner[k], corner[(k + 1) % 3]
            if field[a] > 0:
                polygon.append(keep(a))
            if (field[a] > 0) != (field[b] > 0):
                polygon.append(cut(a, b))
        result += [[polygon[0], polygon[k], polygon[k + 1]] for k in range(1, len(polygon) - 1)]
    return np.array(sources), np.array(blends), np.array(result)


def rigid_motion(before, after):
    """Best rotation R and centres (a, b) with after ~ (before - a) R^T + b (Kabsch)."""
    a, b = before.mean(0), after.mean(0)
    u, _, vt = np.linalg.svd((before - a).T @ (after - b))
    sign = np.sign(np.linalg.det(vt.T @ u.T))
    return vt.T @ np.diag([1, 1, sign]) @ u.T, a, b
