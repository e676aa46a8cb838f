// Plays an answer's sound without gaps and tells where in it the listener is. There is one clock, the
// audio context's: the face asks here and never keeps time of its own.

const SAMPLE_RATE = 24000;
const LEAD_SECONDS = 0.04; // between the first chunk's arrival and its sound
const FADE_SECONDS = 0.01; // of an interruption

/** `context` is an AudioContext, or anything in a test that has its few methods. */
export class Playout {
  constructor(context, destination) {
    this.context = context;
    this.destination = destination;
    this.answer = null;
  }

  /** Begins a new answer; what still sounds of the one before is faded out. */
  begin() {
    this.stop();
    const gain = this.context.createGain();
    gain.connect(this.destination);
    this.answer = { gain, start: null, samples: 0, underruns: 0, sources: new Set() };
  }

  /** Appends samples (floats, 24 kHz) to the answer. */
  add(samples) {
    const answer = this.answer;
    if (!answer || samples.length === 0) return;
    const now = this.context.currentTime;
    if (answer.start === null) answer.start = now + LEAD_SECONDS;
    let at = answer.start + answer.samples / SAMPLE_RATE;
    if (at < now) {
      // The sound ran dry: everything after it is later by as much.
      answer.start += now + LEAD_SECONDS - at;
      at = now + LEAD_SECONDS;
      answer.underruns++;
    }
    const buffer = this.context.createBuffer(1, samples.length, SAMPLE_RATE);
    buffer.copyToChannel(samples, 0);
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    source.connect(answer.gain);
    source.onended = () => answer.sources.delete(source);
    answer.sources.add(source);
    source.start(at);
    answer.samples += samples.length;
  }

  /** Silence within a hundredth of a second. */
  stop() {
    const answer = this.answer;
    this.answer = null;
    if (!answer) return;
    const now = this.context.currentTime;
    answer.gain.gain.setValueAtTime(1, now);
    answer.gain.gain.linearRampToValueAtTime(0, now + FADE_SECONDS);
    for (const source of answer.sources) source.stop(now + FADE_SECONDS);
  }

  /** Seconds of the answer that the listener has heard; negative before it, null without one. */
  position() {
    if (!this.answer || this.answer.start === null) return null;
    const latency = this.context.outputLatency || this.context.baseLatency || 0;
    return this.context.currentTime - latency - this.answer.start;
  }

  /** Seconds of sound that the answer holds so far. */
  get length() {
    return this.answer ? this.answer.samples / SAMPLE_RATE : 0;
  }

  /** Whether the listener has more to hear. */
  get playing() {
    const position = this.position();
    return position !== null && position < this.length;
  }
}
