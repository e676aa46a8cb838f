// Which face is shown at this moment: the answer's while its sound plays, else the resting one that the
// server sends, else a life of the page's own. Changes between them are eased.

import { FaceTrack } from './face_track.js';
import { restingFace } from './life.js';

const EASE_SECONDS = 0.12;

export class Face {
  /** `position` gives the seconds heard of the answer or null; `now` the seconds of a steady clock. */
  constructor({ fps, names, position, now }) {
    this.fps = fps;
    this.names = names;
    this.position = position;
    this.now = now;
    this.answer = null;
    this.idle = null;
    this.idleStart = 0;
    this.shown = { weights: names.map(() => 0), head: [0, 0, 0] };
    this.shownAt = now();
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

  /** Idle frames play one after the other from when the first of them came. */
  addIdle(index, frames) {
    const now = this.now();
    const playing = this.idle ? now - this.idleStart : 0;
    if (!this.idle || index / this.fps > this.idle.end + 0.5 || playing > this.idle.end) {
      this.idle = new FaceTrack(this.fps);
      this.idleStart = now - index / this.fps;
    }
    this.idle.add(index, frames);
    this.idle.forgetBefore(now - this.idleStart - 1);
  }

  /** The face to draw now. */
  current() {
    const now = this.now();
    const position = this.answer ? this.position() : null;
    let wanted = position === null ? null : this.answer.at(position);
    let exact = wanted !== null;
    if (!wanted) wanted = this.idle?.at(now - this.idleStart) ?? null;
    if (!wanted) wanted = restingFace(this.names, now);
    // Lips follow the sound exactly; only coming from rest and going back to it is eased.
    const passed = Math.min(now - this.shownAt, 0.1);
    this.exactFor = exact ? (this.exactFor ?? 0) + passed : 0;
    const share = this.exactFor > EASE_SECONDS ? 1 : 1 - Math.exp((-3 * passed) / EASE_SECONDS);
    const ease = (from, to) => from.map((value, i) => value + (to[i] - value) * share);
    this.shown = {
      weights: ease(this.shown.weights, wanted.weights),
      head: ease(this.shown.head, wanted.head),
    };
    this.shownAt = now;
    return this.shown;
  }
}
