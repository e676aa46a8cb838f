// The microphone's end on the audio thread. Messages out: {pcm, db, seconds} for each chunk, and
// {flushed: true} when a {flush: true} was obeyed and all that was heard until then has been sent.
/* global AudioWorkletProcessor, registerProcessor, sampleRate */

import { Capture } from './capture.js';

registerProcessor(
  'capture',
  class extends AudioWorkletProcessor {
    constructor() {
      super();
      const capture = new Capture(sampleRate, (chunk) =>
        this.port.postMessage(chunk, [chunk.pcm.buffer]),
      );
      this.capture = capture;
      this.port.onmessage = ({ data }) => {
        if (!data.flush) return;
        capture.flush();
        this.port.postMessage({ flushed: true });
      };
    }

    process([input]) {
      this.capture.push(input);
      return true;
    }
  },
);
