// What the audio thread does with the microphone's samples: to the wire's rate, into chunks of equal
// length, each with its level. Pure, so that a test can be the audio thread.

import { levelDb } from './level.js';
import { toPcm16 } from './pcm.js';
import { Resampler } from './resampler.js';

export const CAPTURE_RATE = 24000;
const CHUNK_SAMPLES = 960; // 40 ms

export class Capture {
  /** `rate` is that of the samples that come; `send({pcm, db, seconds})` is given each chunk. */
  constructor(rate, send) {
    this.send = send;
    this.resampler = rate === CAPTURE_RATE ? null : new Resampler(rate, CAPTURE_RATE);
    this.chunk = new Float32Array(CHUNK_SAMPLES);
    this.filled = 0;
  }

  /** The next samples of all channels (arrays of floats); they are mixed to one. */
  push(channels) {
    if (channels.length === 0) return;
    const mono = mix(channels);
    const samples = this.resampler ? this.resampler.push(mono) : mono;
    for (let from = 0; from < samples.length;) {
      const part = samples.subarray(from, from + CHUNK_SAMPLES - this.filled);
      this.chunk.set(part, this.filled);
      this.filled += part.length;
      from += part.length;
      if (this.filled === CHUNK_SAMPLES) this.flush();
    }
  }

  /** Sends what there is, though it be less than a chunk. */
  flush() {
    if (this.filled === 0) return;
    const samples = this.chunk.subarray(0, this.filled);
    this.filled = 0;
    const seconds = samples.length / CAPTURE_RATE;
    this.send({ pcm: toPcm16(samples), db: levelDb(samples), seconds });
  }
}

function mix(channels) {
  if (channels.length === 1) return channels[0];
  return channels[0].map(
    (_, i) => channels.reduce((sum, channel) => sum + channel[i], 0) / channels.length,
  );
}
