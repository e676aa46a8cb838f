// What the tests of the clients have in common. From run_client_test:
//
// SERVER       host and port of the realtime door
// SERVER_KEY   the key that it wants
// ANSWER       what it says to everything that is no call of a function
// SPEECH       a WAV file (24 kHz, 16 bit, mono) that says QUESTION

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { paddedWav } from '../web/wav.mjs';

export const { SERVER: server, SERVER_KEY: key, ANSWER: answer, SPEECH: speech } = process.env;
for (const name of ['SERVER', 'SERVER_KEY', 'ANSWER', 'SPEECH']) {
  assert.ok(process.env[name], `${name} is not set; start the test with run_client_test`);
}

export const QUESTION = /weather/i; // what of the spoken question must have been understood
export const SAMPLE_RATE = 24_000;
const PATIENCE_MS = 20_000; // with one event
const HEADER_BYTES = 44;

/** The spoken question as PCM16, with silence before and after it, in pieces of 100 ms. */
export function spokenQuestion(silenceAfter = 1.5) {
  const { bytes } = paddedWav(readFileSync(speech), 0.3, silenceAfter);
  assert.equal(bytes.readUInt32LE(24), SAMPLE_RATE);
  const sound = bytes.subarray(HEADER_BYTES);
  const size = (2 * SAMPLE_RATE) / 10;
  const pieces = [];
  for (let at = 0; at < sound.length; at += size) pieces.push(sound.subarray(at, at + size));
  return pieces;
}

/** Whether these bytes can be `text` spoken: whole samples, and not much too short or too long. */
export function assertSpoken(bytes, text) {
  assert.equal(bytes.length % 2, 0, 'whole samples');
  const perWord = bytes.length / 2 / SAMPLE_RATE / text.trim().split(/\s+/).length;
  assert.ok(perWord > 0.15 && perWord < 1, `${perWord} s for a word`);
  const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  assert.ok(loudest > 1_000, `the loudest sample is ${loudest}`);
}

/** The events of a connection in their order. An error that no test asks for fails whoever waits. */
export class EventLog {
  events = [];
  #seen = 0; // the next one to look at
  #wake = () => {};
  #failure;

  add(event) {
    this.events.push(event);
    this.#wake();
  }

  /** The client itself has failed. */
  fail(error) {
    this.#failure ??= error;
    this.#wake();
  }

  /** The next event of a type, the ones before it passed over. */
  async next(type, isIt = () => true) {
    const deadline = Date.now() + PATIENCE_MS;
    const from = this.#seen;
    for (;;) {
      while (this.#seen < this.events.length) {
        const event = this.events[this.#seen++];
        if (event.type === type && isIt(event)) return event;
        const failed = event.type === 'error' || event.response?.status === 'failed';
        if (failed) assert.fail(`unexpected: ${JSON.stringify(event)}`);
      }
      if (this.#failure) throw this.#failure;
      const left = deadline - Date.now();
      const types = this.events.slice(from).map((event) => event.type);
      assert.ok(left > 0, `no ${type} among ${types.join(', ')}`);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Where the log stands, for `since`. */
  mark() {
    return this.#seen;
  }

  /** The events after a mark that were passed over or returned by `next`. */
  since(mark, type) {
    return this.events.slice(mark, this.#seen).filter((event) => !type || event.type === type);
  }
}
