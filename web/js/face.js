// Which face is shown at this moment: the answer's while its sound plays, else the resting one that
// the server sends, else a life of the page's own. From one to the other the face is eased over.

import { FaceTrack, mixFaces } from './face_track.js';
import { restingFace } from './life.js';

const EASE_IN_SECONDS = 0.08; // to an answer: short, so that its first sound has its lips
const EASE_OUT_SECONDS = 0.25; // to rest
const IDLE_DELAY_SECONDS = 0.15; // resting frames come by the second, not to the millisecond
const IDLE_HOLD_SECONDS = 0.4; // how long the last resting frame is kept for one that is late

/**
 * `position()` gives the seconds heard of the answer, or null while there is none to hear; `now()`
 * the seconds of a steady clock, for the time in which nothing sounds. `stillness` from 0 to 1
 * takes motion away from a resting head.
 */
export class Face {
  constructor({ fps, names, position, now, stillness = 0 }) {
    this.fps = fps;
    this.names = names;
    this.position = position;
    this.now = now;
    this.motion = 1 - stillness;
    this.answer = null;
    this.idle = null;
    this.idleStart = 0; // on the steady clock, where the idle track has its second 0
    this.shown = { weights: names.map(() => 0), head: [0, 0, 0] };
    this.source = null;
    this.easing = { from: this.shown, since: now(), seconds: 0 };
  }

  beginAnswer() {
    this.answer = new FaceTrack(this.fps);
  }

  addAnswer(index, frames) {
    this.answer?.add(index, frames);
  }

  endAnswer() {
    this.answer = null;
  }

  /** Resting frames play one after the other, shortly after they came. */
  addIdle(index, frames) {
    const now = this.now();
    const start = index / this.fps;
    const follows =
      this.idle &&
      Math.abs(start - this.idle.end) < 0.5 / this.fps &&
      now - this.idleStart < this.idle.end + IDLE_HOLD_SECONDS;
    if (!follows) {
      this.idle = new FaceTrack(this.fps);
      this.idleStart = now + IDLE_DELAY_SECONDS - start;
    } else if (now - this.idleStart > this.idle.end) {
      this.idleStart = now - this.idle.end; // late: go on from the frame that was kept
    }
    this.idle.add(index, frames);
    this.idle.forgetBefore(now - this.idleStart - 1);
  }

  /** The face to draw now. */
  current() {
    const now = this.now();
    const { face, source } = this.wanted(now);
    if (source !== this.source) {
      const seconds = source === this.answer ? EASE_IN_SECONDS : EASE_OUT_SECONDS;
      this.easing = { from: this.shown, since: now, seconds };
      this.source = source;
    }
    const share = Math.min((now - this.easing.since) / this.easing.seconds, 1);
    this.shown =
      share < 1 ? mixFaces(this.easing.from, face, share * share * (3 - 2 * share)) : face;
    return this.shown;
  }

  /** Whether the face of an answer is shown. */
  get speaking() {
    return this.source !== null && this.source === this.answer;
  }

  wanted(now) {
    const position = this.answer ? this.position() : null;
    const spoken = position === null ? null : this.answer.at(position);
    if (spoken) return { face: spoken, source: this.answer };
    const rest = this.idleAt(now - this.idleStart);
    const [face, source] = rest ? [rest, this.idle] : [restingFace(this.names, now), 'life'];
    return { face: { ...face, head: face.head.map((angle) => angle * this.motion) }, source };
  }

  idleAt(seconds) {
    if (!this.idle || seconds > this.idle.end + IDLE_HOLD_SECONDS) return null;
    return this.idle.at(Math.min(seconds, this.idle.end));
  }
}
