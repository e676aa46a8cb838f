"""The person that the head shows: a mix of MakeHuman body shapes, and the 52 face units on top."""

from dataclasses import dataclass

import numpy as np

from arkit import NAMES

_WOMAN = "female-young-averagemuscle-averageweight"
RECIPE = {
    "macrodetails/caucasian-female-young": 0.55,
    "macrodetails/asian-female-young": 0.45,
    f"macrodetails/universal-{_WOMAN}": 1.0,
    f"macrodetails/proportions/{_WOMAN}-idealproportions": 0.8,
    "head/head-oval": 0.35,
    "eyes/l-eye-scale-incr": 0.22,
    "eyes/r-eye-scale-incr": 0.22,
    "nose/nose-scale-horiz-decr": 0.30,
    "mouth/mouth-angles-up": 0.25,
}

GAZE_GAIN = 1.5  # the source turns the eyes by 10 to 15 degrees only
_GAINS = {"browInnerUp": 1.4} | {
    name: 1.25 for name in NAMES if name.startswith("eyeLook")  # lids follow the wider gaze
}


@dataclass
class Person:
    points: np.ndarray  # (n, 3) of the whole base mesh
    deltas: dict  # {ARKit name: (n, 3)}
    head_weights: np.ndarray
    neck_weights: np.ndarray
    eye_center: np.ndarray  # between the two eyes
    neck_joint: np.ndarray
    head_joint: np.ndarray

    @staticmethod
    def gain(name):
        """How much stronger a shape's deltas are than the source's."""
        return _GAINS.get(name, 1.0)

    @property
    def origin(self):
        """The point that becomes the file's origin: inside the head, a little below the eyes."""
        return np.array([0, self.eye_center[1] - 0.35, self.eye_center[2] - 1.1])

    @property
    def root_joint(self):
        return self.neck_joint - [0, 0.8, 0]


def build_person(source):
    points = source.mesh.vertices.copy()
    for shape, weight in RECIPE.items():
        points += weight * source.body_shape(shape)
    eyes = np.concatenate([source.group_vertices(f"helper-{side}-eye") for side in "lr"])
    head_weights, neck_weights = _joint_weights(source)
    return Person(
        points=points,
        deltas={name: source.face_unit(name) * Person.gain(name) for name in NAMES},
        head_weights=head_weights,
        neck_weights=neck_weights,
        eye_center=points[eyes].mean(0),
        neck_joint=points[source.group_vertices("joint-neck")].mean(0),
        head_joint=points[source.group_vertices("joint-head")].mean(0),
    )


_HEAD_BONES = (
    "head",
    "jaw",
    "eye",
    "orbicularis",
    "levator",
    "oris",
    "risorius",
    "temporalis",
    "tongue",
    "special",
)


def _joint_weights(source):
    """MakeHuman's 163 bones folded into head, neck and the rest."""
    count = len(source.mesh.vertices)
    head, neck, total = np.zeros(count), np.zeros(count), np.zeros(count)
    for bone, pairs in source.bone_weights().items():
        if not pairs:
            continue
        table = np.array(pairs)
        vertices = table[:, 0].astype(int)
        total[vertices] += table[:, 1]
        if bone.startswith("neck"):
            neck[vertices] += table[:, 1]
        elif any(word in bone for word in _HEAD_BONES):
            head[vertices] += table[:, 1]
    total[total == 0] = 1
    return head / total, neck / total
