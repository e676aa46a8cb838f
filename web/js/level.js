// How loud a stretch of sound is, and how a meter shows it.

const SILENT_DB = -100; // shown for digital silence, whose level has no bottom
const METER_BOTTOM_DB = -60;
const METER_TOP_DB = -12; // speech into a microphone seldom gets louder
const FALL_PER_SECOND = 1.6; // of the meter's height

/** The effective value of samples in [-1, 1], in dB below full scale. */
export function levelDb(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const value = Math.sqrt(sum / Math.max(samples.length, 1));
  return value > 0 ? Math.max(20 * Math.log10(value), SILENT_DB) : SILENT_DB;
}

/** A needle that jumps up with the voice and falls slowly. */
export class Meter {
  constructor() {
    this.clear();
  }

  clear() {
    this.height = 0;
  }

  /** The level of the last `seconds`. Returns the needle's height from 0 to 1. */
  show(db, seconds) {
    const wanted = (db - METER_BOTTOM_DB) / (METER_TOP_DB - METER_BOTTOM_DB);
    const fallen = this.height - FALL_PER_SECOND * seconds;
    this.height = Math.min(Math.max(wanted, fallen, 0), 1);
    return this.height;
  }
}
