// The microphone as the page sees it: asked for, allowed or not, unplugged, muted. What it hears
// comes in chunks, ready for the wire. The browser's own parts are given, so that a test can be them.

export const MICROPHONE_MESSAGES = {
  insecure: 'Browsers give a microphone only to a page that came over https, or from this machine.',
  denied:
    'This page may not use the microphone. Allow it in the browser’s settings for this site ' +
    '(the sign beside the address), then press again.',
  none: 'There is no microphone. Plug one in, then press again.',
  failed: 'The microphone does not answer; another program may be using it.',
  lost: 'The microphone was unplugged. The default one is used now.',
  missing: 'The chosen microphone is not there. The default one is used now.',
};

const STATE_OF_PROBLEM = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'none',
  OverconstrainedError: 'none',
};

/**
 * `state` is "off", "asking", "on" or "muted"; or why there is nothing to hear: "insecure",
 * "denied", "none" (no device) or "failed". `devices` is navigator.mediaDevices, absent where the
 * page is not secure. `openGraph(stream, onMessage)` connects a stream to the capture worklet and
 * resolves to {flush(), wake(), close()}. `onState(state)`, `onChunk({pcm, db, seconds})` and
 * `onNotice(text)` are told what happens. `onChunk` hears a muted microphone too: who mutes decides
 * what is sent.
 */
export class Microphone {
  constructor({ devices, openGraph, onState, onChunk, onNotice }) {
    Object.assign(this, { devices, openGraph, onState, onChunk, onNotice });
    this.state = 'off';
    this.stream = null;
    this.graph = null;
    this.attempt = 0;
    this.flushed = [];
  }

  /** Whether sound comes in, be it muted. */
  get open() {
    return this.state === 'on' || this.state === 'muted';
  }

  /** Asks for the microphone: this one, or the default one for ''. */
  async start(deviceId = '') {
    this.release();
    const attempt = ++this.attempt;
    if (!this.devices?.getUserMedia) return this.enter('insecure');
    this.enter('asking');
    try {
      const stream = await this.streamOf(deviceId);
      // Another start or a stop has come in between.
      if (attempt !== this.attempt) return stopTracks(stream);
      this.stream = stream;
      const graph = await this.openGraph(stream, (message) => this.receive(attempt, message));
      if (attempt !== this.attempt) return graph.close();
      this.graph = graph;
      for (const track of stream.getAudioTracks()) track.onended = () => this.unplugged(attempt);
      this.enter('on');
    } catch (problem) {
      if (attempt !== this.attempt) return;
      this.release();
      this.enter(STATE_OF_PROBLEM[problem.name] ?? 'failed');
    }
  }

  async streamOf(deviceId) {
    try {
      return await this.devices.getUserMedia(constraints(deviceId));
    } catch (problem) {
      if (!deviceId || STATE_OF_PROBLEM[problem.name] !== 'none') throw problem;
      const stream = await this.devices.getUserMedia(constraints(''));
      this.onNotice(MICROPHONE_MESSAGES.missing);
      return stream;
    }
  }

  /** Lets the device go. */
  stop() {
    this.attempt++;
    this.release();
    this.enter('off');
  }

  set muted(muted) {
    if (this.open) this.enter(muted ? 'muted' : 'on');
  }

  /** Resolves when everything that was heard until now has been handed on. */
  flush() {
    if (!this.graph) return Promise.resolve();
    return new Promise((done) => {
      this.flushed.push(done);
      this.graph.flush();
    });
  }

  /** A phone that was locked may have put the capture to sleep. */
  wake() {
    this.graph?.wake();
  }

  /** The browser's answer for this page has changed: "granted", "prompt" or "denied". */
  permissionChanged(permission) {
    if (permission !== 'denied' && this.state === 'denied') this.enter('off');
  }

  async unplugged(attempt) {
    if (attempt !== this.attempt) return;
    await this.start();
    if (this.open) this.onNotice(MICROPHONE_MESSAGES.lost);
  }

  receive(attempt, message) {
    if (attempt !== this.attempt) return;
    if (message.flushed) this.flushed.shift()?.();
    else this.onChunk(message);
  }

  release() {
    for (const done of this.flushed.splice(0)) done();
    this.graph?.close();
    this.graph = null;
    if (this.stream) stopTracks(this.stream);
    this.stream = null;
  }

  enter(state) {
    this.state = state;
    this.onState(state);
  }
}

/** What is asked of the browser for this device ('' is the default one). */
export function constraints(deviceId) {
  const audio = {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    channelCount: 1,
  };
  if (deviceId) audio.deviceId = { exact: deviceId };
  return { audio };
}

function stopTracks(stream) {
  for (const track of stream.getTracks()) {
    track.onended = null;
    track.stop();
  }
}
