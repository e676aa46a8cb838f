// The way from the answer to the loudspeaker: volume, mute, and a meter on what really comes out.

const MUTE_SECONDS = 0.02;

export class Sound {
  constructor(sampleRate) {
    // At the sound's own rate the browser converts the whole stream, not each chunk by itself.
    this.context = new AudioContext({ sampleRate, latencyHint: 'interactive' });
    this.input = this.context.createGain();
    this.meter = this.context.createAnalyser();
    this.meter.fftSize = 512;
    this.window = new Float32Array(this.meter.fftSize);
    this.input.connect(this.meter).connect(this.context.destination);
  }

  /** Must be called from a person's gesture, or nothing will be heard. */
  wake() {
    if (this.context.state !== 'running') this.context.resume();
  }

  /** Whether the loudspeaker can be chosen in this browser. */
  get choosesLoudspeaker() {
    return typeof this.context.setSinkId === 'function';
  }

  /** Plays through this device ('' is the default one); rejects where it is not there. */
  async useLoudspeaker(deviceId) {
    if (this.choosesLoudspeaker) await this.context.setSinkId(deviceId);
  }

  set muted(muted) {
    this.input.gain.setTargetAtTime(muted ? 0 : 1, this.context.currentTime, MUTE_SECONDS);
  }

  /** The effective value of what comes out at this moment, 0 to 1. */
  level() {
    this.meter.getFloatTimeDomainData(this.window);
    let sum = 0;
    for (const sample of this.window) sum += sample * sample;
    return Math.sqrt(sum / this.window.length);
  }
}
