"""Eyelashes: the source's four strips with a painted alpha; upper ones long, lower ones sparse."""

from collections import defaultdict

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from scipy.spatial import cKDTree

from arkit import NAMES
from mesh_math import compact, triangles_of, vertex_normals
from part import JointWeights, Material, Part, Primitive

_WIDTH, _HEIGHT = 1024, 256  # of one row of the texture; the upper lashes take the top row
_LOWER_TOP = 0.46  # v where the lower row ends, clear of the upper row's roots
_CLOSED_PITCH = np.radians(28)  # of closed upper lashes, below straight ahead
_CLOSED_LIFT = 0.024  # decimetres forward
_LOWER_SHARE = 0.55  # of the lower strips' depth that is kept


def build_lashes(source, person, rng):
    material = Material(
        "Lashes",
        roughness=0.9,
        color_image="lashes",
        alpha_mode="BLEND",
        double_sided=True,
        extensions={"KHR_materials_specular": {"specularFactor": 0.0}},
    )
    skin = _Skin(person, np.unique(source.mesh.quads[source.group_quads("body")]))
    primitives = []
    for side in "lr":
        strips = [_strip(source, person, skin, side, number) for number in (1, 2)]
        strips.sort(key=lambda strip: -person.points[strip[0], 1].mean())
        for (used, quads, grid), lower in zip(strips, (False, True)):
            primitives.append(_primitive(person, skin, used, quads, grid, lower, material))
    return Part("Lashes", primitives, {"lashes": _paint_lashes(rng)})


class _Skin:
    """The skin's vertices, to which the lashes' roots are tied."""

    def __init__(self, person, vertices):
        self._deltas, self._vertices = person.deltas, vertices
        self._tree = cKDTree(person.points[vertices])

    def distance(self, points):
        return self._tree.query(points)[0]

    def tie(self, points):
        """A function from a shape's name to the skin's motion at the points."""
        distance, nearest = self._tree.query(points, k=2)
        weight = 1 / (distance + 1e-4)
        weight /= weight.sum(1, keepdims=True)
        vertices = self._vertices[nearest]
        return lambda name: (self._deltas[name][vertices] * weight[..., None]).sum(1)


def _primitive(person, skin, used, quads, grid, lower, material):
    """`grid`: rows of strip vertices from the lid outwards; a row runs from nose to temple."""
    points = person.points[used].copy()
    deltas = {name: person.deltas[name][used].copy() for name in NAMES}
    root, root_motion = grid[0], skin.tie(points[grid[0]])
    for name, delta in deltas.items():
        correction = root_motion(name) - delta[root]
        for vertices in grid:
            delta[vertices] += correction
    uvs = np.zeros((len(used), 2))
    for row, vertices in enumerate(grid):
        depth = row / (len(grid) - 1)
        uvs[vertices, 0] = np.linspace(0, 1, len(vertices))
        uvs[vertices, 1] = depth * _LOWER_TOP if lower else (1 + depth) / 2
        if lower:
            points[vertices] = points[root] + (points[vertices] - points[root]) * _LOWER_SHARE
            for delta in deltas.values():
                delta[vertices] = delta[root] + (delta[vertices] - delta[root]) * _LOWER_SHARE
    if not lower:
        for name in ("eyeBlinkLeft", "eyeBlinkRight"):
            _swing_down(points, deltas[name], grid)
    uvs[:, 1] = uvs[:, 1].clip(0.004, 0.996)
    triangles = triangles_of(quads)
    return Primitive(
        points=points,
        normals=vertex_normals(points, triangles),
        triangles=triangles,
        material=material,
        weights=JointWeights.all_head(len(points)),
        uvs=uvs,
        deltas=deltas,
    )


def _swing_down(points, delta, grid):
    """Turns the closed upper lashes about their roots and lifts them out of the lower lid.

    The source leaves both inside the lower lid, behind the edge of the upper one.
    """
    root = np.array(grid[0])
    drop = np.abs(delta[root, 1])
    if drop.max() < 1e-4:
        return
    lift = np.outer(drop / drop.max(), [0, 0, _CLOSED_LIFT])
    tip = (points[grid[-1]] - points[root]).mean(0)
    turn = np.arctan2(tip[1], tip[2]) + _CLOSED_PITCH
    cosine, sine = np.cos(turn), np.sin(turn)
    delta[root] += lift
    for row in grid[1:]:
        x, y, z = (points[row] - points[root]).T
        turned = np.stack([x, y * cosine - z * sine, y * sine + z * cosine], 1)
        delta[row] = delta[root] + turned - (points[row] - points[root])


def _strip(source, person, skin, side, number):
    used, quads = compact(
        source.mesh.quads[source.group_quads(f"helper-{side}-eyelashes-{number}")]
    )
    border_sides = _border_sides(quads)
    root = min(
        (border for border in border_sides if len(border) == max(map(len, border_sides))),
        key=lambda border: skin.distance(person.points[used[border]]).mean(),
    )
    outward_x = np.abs(person.points[used[root], 0])
    if outward_x[0] > outward_x[-1]:
        root = root[::-1]
    return used, quads, _rows_from(root, quads)


def _border_sides(quads):
    """The four sides of a rectangular strip of quads, each a path of vertices."""
    edges = np.sort(np.stack([quads, np.roll(quads, -1, 1)], -1).reshape(-1, 2), 1)
    unique, count = np.unique(edges, axis=0, return_counts=True)
    neighbours = defaultdict(list)
    for a, b in unique[count == 1].tolist():
        neighbours[a].append(b)
        neighbours[b].append(a)
    corners = set(np.nonzero(np.bincount(quads.ravel()) == 1)[0].tolist())
    start = min(corners)
    path = [start, neighbours[start][0]]
    while path[-1] != start:
        path.append(next(v for v in neighbours[path[-1]] if v != path[-2]))
    cuts = [i for i, vertex in enumerate(path) if vertex in corners]
    return [path[a : b + 1] for a, b in zip(cuts, cuts[1:])]


def _rows_from(root, quads):
    neighbours = defaultdict(set)
    for quad in quads.tolist():
        for a, b in zip(quad, quad[1:] + quad[:1]):
            neighbours[a].add(b)
            neighbours[b].add(a)
    rows, seen = [list(root)], set(root)
    while True:
        following = [[v for v in neighbours[vertex] if v not in seen] for vertex in rows[-1]]
        if not all(following):
            return rows
        rows.append([candidates[0] for candidates in following])
        seen.update(rows[-1])


def _paint_lashes(rng):
    """Alpha of tapering, fanned hairs; each row's roots are at its lower edge."""
    image = Image.new("L", (_WIDTH, 2 * _HEIGHT), 0)
    pen = ImageDraw.Draw(image)
    rows = (
        {"bottom": _HEIGHT - 1, "count": 115, "length": 0.94, "width": 7, "ink": 255},
        {"bottom": 2 * _HEIGHT - 1, "count": 46, "length": 0.80, "width": 5, "ink": 130},
    )
    for row in rows:
        for _ in range(row["count"]):
            start = rng.uniform(0, _WIDTH)
            ends = min(1.0, 0.25 + 6 * min(start, _WIDTH - start) / _WIDTH)
            length = rng.uniform(0.5, 1) * row["length"] * _HEIGHT * ends
            lean = rng.normal() * 14 + (start - _WIDTH / 2) / (_WIDTH / 2) * 26
            for step in range(12):
                a, b = step / 12, (step + 1) / 12
                line = [
                    (start + lean * a * a, row["bottom"] - length * a),
                    (start + lean * b * b, row["bottom"] - length * b),
                ]
                pen.line(line, fill=row["ink"], width=max(1, int(row["width"] * (1 - a) ** 0.8)))
    alpha = np.asarray(image.filter(ImageFilter.GaussianBlur(1)))
    color = np.broadcast_to(np.array([18, 12, 10], np.uint8), (2 * _HEIGHT, _WIDTH, 3))
    return Image.fromarray(np.dstack([color, alpha]))
