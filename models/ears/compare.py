"""How well do the packaged smart-turn and its float net tell whole sentences from cut ones?

    python models/ears/compare.py --smart-turn FILE --voice PREFIX

--smart-turn  smart-turn-v3.2-cpu.onnx of pipecat-ai, where it lies in the unpacked package
--voice       PREFIX.onnx and PREFIX.json of the prepared voice, for example .deps/models/voice/piper-joe

The voice speaks 40 sentences; each is heard whole, and cut after 45 % and after 70 % of its length, with a quarter of a second of
quiet after it. Prints for each net, at 0.5: how many ends it finds, how many false ones, and the area under the curve. Takes
half a minute; needs espeak-ng. The runtime and the set-up don't call it.
"""
import argparse
import json
import subprocess
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import smart_turn

RATE = 16000
VOICE_RATE = 22050
CUTS = (0.45, 0.7)
SENTENCES = """Could you tell me what the weather will be like tomorrow?
I would like to open a savings account for my daughter.
My flight was cancelled and I need another one tonight.
What was the revenue of the company in the last quarter?
Please send the invoice to the address in my profile.
The meeting starts at nine and it should take an hour.
How long does it take to get from the station to your office?
I think the second picture is much better than the first.
We moved here three years ago because of the school.
Can you compare the two funds for me?
The printer on the third floor does not work any more.
It rained all week, so we stayed at home and read.
When does the shop close on Saturdays?
My brother plays the piano and my sister sings.
I lost my card yesterday and I want to block it.
Is there a train that gets there before noon?
She asked me whether the report was ready.
The old bridge was closed for repairs last summer.
Tell me more about the history of this building.
I have never been to the northern part of the country.
Which of these phones has the better camera?
They sold the house for less than they had paid.
You can find the keys on the table beside the door.
How much would a new battery cost?
The doctor said that I should drink more water.
We need four chairs and a larger table for the party.
Do you know anyone who could repair my bicycle?
The film was good, but the book was better.
I forgot my password and the mail never arrived.
Our neighbours have a dog that barks all night.
Why did the price go up again this month?
He works in a hospital near the river.
Let us talk about something else for a while.
The lights went out in the middle of the concert.
Are there any seats left for the late show?
I would rather walk than wait for the next bus.
The soup needs a little more salt and pepper.
Who wrote the letter that you showed me?
My grandmother taught me how to bake bread.
Thank you, that was everything I wanted to know.""".splitlines()


class Voice:
    def __init__(self, prefix):
        self.symbols = json.loads(prefix.with_suffix(".json").read_text(encoding="utf-8"))["phoneme_id_map"]
        self.session = onnxruntime.InferenceSession(str(prefix.with_suffix(".onnx")), providers=["CPUExecutionProvider"])

    def speak(self, text):
        """The sentence at 16 kHz, from its first to its last audible sample. Without chance: both noise scales are 0."""
        ipa = subprocess.run(["espeak-ng", "-q", "--ipa", "-v", "en-us", text], capture_output=True, text=True, check=True).stdout
        ids = self.symbols["^"] + self.symbols["_"]
        for symbol in " ".join(ipa.split()) + text[-1]:
            ids = ids + self.symbols.get(symbol, []) + (self.symbols["_"] if symbol in self.symbols else [])
        ids = ids + self.symbols["$"]
        given = {"input": np.array([ids]), "input_lengths": np.array([len(ids)]), "scales": np.array([0, 1, 0], np.float32),
                 "sid": np.array([0])}
        samples = resampled(self.session.run(None, given)[0][0, 0, :-len(ids)])
        audible = np.flatnonzero(np.abs(samples) > 0.02)
        return samples[audible[0]:audible[-1] + 1]


def resampled(samples):
    """22,050 to 16,000 Hz: a low-pass of 65 taps at 7.5 kHz, then straight lines between the samples."""
    taps = np.sinc(np.arange(-32, 33) * 15000 / VOICE_RATE) * np.hamming(65)
    smooth = np.convolve(samples, taps / taps.sum(), "same")
    times = np.arange(int(len(samples) * RATE / VOICE_RATE)) * VOICE_RATE / RATE
    return np.interp(times, np.arange(len(samples)), smooth).astype(np.float32)


def heard(samples):
    quiet = 1e-3 * np.random.default_rng(len(samples)).standard_normal(RATE).astype(np.float32)
    return np.concatenate([quiet[:RATE // 5], samples, quiet[-RATE // 4:]])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smart-turn", type=Path, required=True, metavar="FILE")
    parser.add_argument("--voice", type=Path, required=True, metavar="PREFIX")
    args = parser.parse_args()
    onnxruntime.set_default_logger_severity(3)
    voice = Voice(args.voice)
    whole = [voice.speak(text) for text in SENTENCES]
    cut = [samples[:int(len(samples) * part)] for samples in whole for part in CUTS]
    features = [[smart_turn.log_mel(args.smart_turn, heard(clip)) for clip in clips] for clips in (whole, cut)]
    for name, model in (("packaged", onnx.load(args.smart_turn)), ("float", smart_turn.float_model(args.smart_turn))):
        session = smart_turn.open_session(model)
        ends, others = (np.array([smart_turn.probability(session, clip) for clip in clips]) for clips in features)
        area = (ends[:, None] > others[None]).mean()
        print(f"{name:9} ends found {(ends > 0.5).mean():.2f}, false ends {(others > 0.5).mean():.2f}, area {area:.3f}")


if __name__ == "__main__":
    main()
