// Brings a stream of samples from one rate to another: a low-pass (windowed sinc) in front of the
// decimation, so that nothing above the new half rate folds back into speech.

const ZERO_CROSSINGS = 16; // of the sinc on either side; more makes the edge of the pass band steeper
const CUTOFF = 0.92; // of the lower half rate, which leaves the filter room to fall
const KAISER_BETA = 8; // side lobes some 80 dB down

/** One stream; blocks may have any length, and their borders leave no trace. Rates in whole Hz. */
export class Resampler {
  constructor(fromRate, toRate) {
    const common = divisor(fromRate, toRate);
    // From one output sample to the next it is step / phases input samples. Whole numbers do not
    // drift, however long the stream.
    this.step = fromRate / common;
    this.phases = toRate / common;
    this.edge = CUTOFF * Math.min(1, toRate / fromRate); // of the input's half rate
    this.reach = Math.ceil(ZERO_CROSSINGS / this.edge); // input samples on either side
    this.taps = Array.from({ length: this.phases }, (_, phase) => this.tapsOf(phase));
    this.history = new Float32Array(this.reach); // as if silence had come before
    this.at = this.reach; // in the history, the input sample at or before the next output sample,
    this.phase = 0; // and how far beyond it that one lies
  }

  /** The samples (floats) that this block makes whole. */
  push(block) {
    const input = new Float32Array(this.history.length + block.length);
    input.set(this.history);
    input.set(block, this.history.length);
    const output = [];
    while (this.at + this.reach < input.length) {
      output.push(this.sample(input));
      this.phase += this.step;
      this.at += Math.floor(this.phase / this.phases);
      this.phase %= this.phases;
    }
    const keep = this.at - this.reach;
    this.history = input.slice(keep);
    this.at -= keep;
    return Float32Array.from(output);
  }

  sample(input) {
    const taps = this.taps[this.phase];
    const from = this.at - this.reach + 1;
    let sum = 0;
    for (let i = 0; i < taps.length; i++) sum += taps[i] * input[from + i];
    return sum;
  }

  tapsOf(phase) {
    const first = 1 - this.reach - phase / this.phases;
    const taps = Float32Array.from({ length: 2 * this.reach }, (_, i) => this.tap(first + i));
    const sum = taps.reduce((total, tap) => total + tap, 0);
    return taps.map((tap) => tap / sum);
  }

  tap(distance) {
    const share = distance / this.reach;
    if (Math.abs(share) >= 1) return 0;
    const window = bessel(KAISER_BETA * Math.sqrt(1 - share * share)) / bessel(KAISER_BETA);
    const angle = Math.PI * this.edge * distance;
    return window * (angle === 0 ? 1 : Math.sin(angle) / angle);
  }
}

function divisor(a, b) {
  return b === 0 ? a : divisor(b, a % b);
}

// The modified Bessel function of order 0, by its power series.
function bessel(x) {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
