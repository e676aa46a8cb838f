// The frames of one stretch of time (an answer, or the resting face), found by position.

/** A face is {weights: number[], head: [yaw, pitch, roll] in radians}. */
export function mixFaces(a, b, share) {
  const mix = (x, y) => x.map((value, i) => value + (y[i] - value) * share);
  return { weights: mix(a.weights, b.weights), head: mix(a.head, b.head) };
}

/** Faces by their index; `at` gives the one between two of them. */
export class FaceTrack {
  constructor(fps) {
    this.fps = fps;
    this.frames = [];
    this.first = 0;
  }

  /** Adds frames from `index` on. */
  add(index, frames) {
    if (this.frames.length === 0) this.first = index;
    for (let i = 0; i < frames.length; i++) this.frames[index - this.first + i] = frames[i];
  }

  /** Forgets the frames before this position in seconds; what is left is found as before. */
  forgetBefore(seconds) {
    const gone = Math.min(Math.floor(seconds * this.fps) - this.first, this.frames.length);
    if (gone <= 0) return;
    this.frames.splice(0, gone);
    this.first += gone;
  }

  /** Where the frames begin and end, in seconds. */
  get start() {
    return this.first / this.fps;
  }

  get end() {
    return (this.first + this.frames.length) / this.fps;
  }

  /** The face at this many seconds, or null before the first frame and after the last. */
  at(seconds) {
    // A frame shows the middle of the time that it covers.
    const position = seconds * this.fps - 0.5 - this.first;
    if (position < -0.5 || position > this.frames.length - 0.5) return null;
    const low = Math.min(Math.max(Math.floor(position), 0), this.frames.length - 1);
    const a = this.frames[low];
    const b = this.frames[Math.min(low + 1, this.frames.length - 1)];
    if (!a || !b) return a ?? b ?? null;
    return mixFaces(a, b, Math.min(Math.max(position - low, 0), 1));
  }
}

/** The frames of a blendshape event, with heads (still ones where the server sent none). */
export function framesOf(event) {
  const heads = event.digital_human?.head ?? event.head ?? [];
  return event.frames.map((weights, i) => ({ weights, head: heads[i] ?? [0, 0, 0] }));
}
