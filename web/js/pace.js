// How finely to draw, learned from how long the frames take. Level 0 is the finest. Pure: time is
// what it is told.

const SLOW_MS = 42; // longer than this on the average: coarser
const FAST_MS = 21; // shorter than this for a while: finer again
const CRAWLING_MS = 160; // longer than this: the coarsest at once
const SLOW_FRAMES = 16;
const SLOW_TOTAL_MS = 1500; // or this long, where a frame alone takes ages
const FAST_FRAMES = 360;
const SETTLE_FRAMES = 3; // the first frames of a level pay for buffers and shaders
const AWAY_MS = 1500; // a frame this long is a page that was out of sight

export class Pace {
  constructor(levels) {
    this.levels = levels;
    this.finest = 0;
    this.enter(0);
  }

  /** Counts a frame that took `ms`; returns the level to draw the next one with. */
  frame(ms) {
    if (ms > AWAY_MS) return this.level;
    if (++this.frames <= SETTLE_FRAMES) return this.level;
    this.total += ms;
    this.average += (ms - this.average) * 0.1;
    const judged = this.frames > SLOW_FRAMES || this.total > SLOW_TOTAL_MS;
    if (judged && this.average > SLOW_MS && this.level < this.levels - 1) {
      const coarser = this.average > CRAWLING_MS ? this.levels - 1 : this.level + 1;
      // What was tried again and had to be given up again is not tried a third time.
      if (this.raised) this.finest = coarser;
      this.enter(coarser);
    } else if (this.average < FAST_MS && this.frames > FAST_FRAMES && this.level > this.finest) {
      this.enter(this.level - 1);
      this.raised = true;
    }
    return this.level;
  }

  enter(level) {
    this.level = level;
    this.frames = 0;
    this.total = 0;
    this.average = (SLOW_MS + FAST_MS) / 2;
    this.raised = false;
  }
}
