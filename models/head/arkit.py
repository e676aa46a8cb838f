"""The 52 ARKit blendshape names, in the order in which Audio2Face-3D lists them."""


def _pair(stem):
    return [stem + "Left", stem + "Right"]


_EYE = ["eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp", "eyeSquint", "eyeWide"]

NAMES = (
    [name + "Left" for name in _EYE]
    + [name + "Right" for name in _EYE]
    + ["jawForward", "jawLeft", "jawRight", "jawOpen"]
    + ["mouthClose", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight"]
    + _pair("mouthSmile")
    + _pair("mouthFrown")
    + _pair("mouthDimple")
    + _pair("mouthStretch")
    + ["mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper"]
    + _pair("mouthPress")
    + _pair("mouthLowerDown")
    + _pair("mouthUpperUp")
    + _pair("browDown")
    + ["browInnerUp"]
    + _pair("browOuterUp")
    + ["cheekPuff"]
    + _pair("cheekSquint")
    + _pair("noseSneer")
    + ["tongueOut"]
)
