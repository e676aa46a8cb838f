// Plays an answer's sound without gaps and tells where in it the listener is. There is one clock,
// the audio context's: face and captions ask here and keep no time of their own.
//
// An answer is a row of spans, each a stretch of sound that plays without a gap:
//
//   answer   |0 ........ 1.4|1.4 ...... 3.0|
//   context     12.04 .. 13.44    13.90 .. 15.50     (0.46 s of nothing to play)
//
// Chunks prolong the last span. If they come too late a new span begins, and what the listener has
// heard stands still in between.

const LEAD_SECONDS = 0.04; // between a span's first chunk and its sound
const MARGIN_SECONDS = 0.005; // the audio thread is a little ahead of what currentTime says
const FADE_SECONDS = 0.01; // of an interruption

/** `context` is an AudioContext, or anything in a test that has its few methods. */
export class Playout {
  constructor(context, destination, sampleRate) {
    this.context = context;
    this.destination = destination;
    this.sampleRate = sampleRate;
    this.answer = null;
    this.heardBefore = 0;
  }

  /** Begins a new answer; what still sounds of the one before is faded out. */
  begin() {
    this.stop();
    const gain = this.context.createGain();
    gain.connect(this.destination);
    this.answer = { gain, spans: [], samples: 0, finished: false, sources: new Set() };
  }

  /** Appends samples (floats) to the answer. Returns the context's time at which they sound. */
  add(samples) {
    const { answer, context } = this;
    if (!answer || samples.length === 0) return null;
    let span = answer.spans.at(-1);
    if (!span || this.endOf(span) < context.currentTime + MARGIN_SECONDS) {
      span = {
        at: this.onGrid(context.currentTime + LEAD_SECONDS),
        from: answer.samples,
        samples: 0,
      };
      answer.spans.push(span);
    }
    const at = this.endOf(span);
    const buffer = context.createBuffer(1, samples.length, this.sampleRate);
    buffer.copyToChannel(samples, 0);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(answer.gain);
    source.onended = () => answer.sources.delete(source);
    answer.sources.add(source);
    source.start(at);
    span.samples += samples.length;
    answer.samples += samples.length;
    return at;
  }

  /** No more sound comes: the position may run on beyond the end, for the frames that follow it. */
  finish() {
    if (this.answer) this.answer.finished = true;
  }

  /** Silence within a hundredth of a second; the answer is forgotten. */
  stop() {
    const { answer } = this;
    if (!answer) return;
    this.heardBefore += this.heard;
    this.answer = null;
    const now = this.context.currentTime;
    answer.gain.gain.setValueAtTime(1, now);
    answer.gain.gain.linearRampToValueAtTime(0, now + FADE_SECONDS);
    for (const source of answer.sources) source.stop(now + FADE_SECONDS);
  }

  /** Seconds of the answer that the listener has heard; negative before it, null without sound. */
  position() {
    const place = this.place();
    if (!place) return null;
    const { span, inside, last } = place;
    const runsOn = last && this.answer.finished;
    return span.from / this.sampleRate + (runsOn ? inside : Math.min(inside, this.lengthOf(span)));
  }

  /** Seconds since the listener heard the last sample, while more is to come; else 0. */
  get dry() {
    const place = this.place();
    if (!place || !place.last || this.answer.finished) return 0;
    return Math.max(0, place.inside - this.lengthOf(place.span));
  }

  /** Seconds of sound that the answer holds so far. */
  get length() {
    return this.answer ? this.answer.samples / this.sampleRate : 0;
  }

  /** Seconds of the answer that were sounded. */
  get heard() {
    return Math.min(Math.max(this.position() ?? 0, 0), this.length);
  }

  /** Seconds of all answers that were sounded. */
  get heardInAll() {
    return this.heardBefore + this.heard;
  }

  /** Whether there is sound that the listener has not heard yet. */
  get playing() {
    const position = this.position();
    return position !== null && position < this.length;
  }

  /** How often the sound of this answer ran dry. */
  get underruns() {
    return Math.max(0, (this.answer?.spans.length ?? 0) - 1);
  }

  /** Seconds from a sample's turn in the context to the listener's ear. */
  get outputLatency() {
    return this.context.outputLatency || this.context.baseLatency || 0;
  }

  place() {
    const spans = this.answer?.spans;
    if (!spans?.length) return null;
    const ear = this.context.currentTime - this.outputLatency;
    let index = spans.length - 1;
    while (index > 0 && spans[index].at > ear) index--;
    return { span: spans[index], inside: ear - spans[index].at, last: index === spans.length - 1 };
  }

  lengthOf(span) {
    return span.samples / this.sampleRate;
  }

  endOf(span) {
    return span.at + this.lengthOf(span);
  }

  // Chunks that begin on whole samples follow each other without interpolation.
  onGrid(seconds) {
    return Math.ceil(seconds * this.sampleRate) / this.sampleRate;
  }
}
