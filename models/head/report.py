"""Numbers about a built head, for people and for the lip-sync code."""

from lips import measure_aperture


def describe(parts, bust, rest_gap_mm, size_bytes):
    aperture = measure_aperture(bust)
    jaw, close = (aperture.midline[name] for name in ("jawOpen", "mouthClose"))
    return {
        "bytes": size_bytes,
        "triangles": {
            part.name: sum(len(primitive.triangles) for primitive in part.primitives)
            for part in parts
        },
        "vertices": {
            part.name: sum(len(primitive.points) for primitive in part.primitives) for part in parts
        },
        "lip_gap_at_rest_mm": rest_gap_mm,
        "lip_overlap_at_rest_mm": aperture.overlap_at_rest,
        "lip_aperture_mm": aperture.midline,
        "lip_aperture_central_third_mm": aperture.central_third,
        "mouth_close": {
            "jaw_open_mm": jaw,
            "mouth_close_mm": close,
            "left_open_mm_when_equal_weights": round(jaw + close, 3),
        },
    }
