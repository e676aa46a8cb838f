import assert from 'node:assert/strict';
import test from 'node:test';
import { decodePcm16 } from '../../web/js/pcm.js';
import { Playout } from '../../web/js/playout.js';
import { fakeAudioContext } from './fake_audio_context.mjs';

const RATE = 24000;
const seconds = (length) => new Float32Array(Math.round(length * RATE));
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

function setUp() {
  const context = fakeAudioContext();
  const playout = new Playout(context, {}, RATE);
  playout.begin();
  return { context, playout };
}

test('chunks follow each other without a gap, whenever they come', () => {
  const { context, playout } = setUp();
  const first = playout.add(seconds(0.2));
  for (let i = 1; i < 50; i++) {
    context.currentTime += 0.17;
    near(playout.add(seconds(0.2)), first + 0.2 * i);
  }
  near(playout.length, 10);
  assert.equal(playout.underruns, 0);
});

test('a first chunk begins on a whole sample and a little after it came', () => {
  const { context, playout } = setUp();
  context.currentTime = 3.14159;
  const at = playout.add(seconds(0.1));
  near(at * RATE, Math.round(at * RATE));
  assert.ok(at > 3.14159 && at < 3.2);
});

test('the position is counted from the first sample, less the latency of the output', () => {
  const { context, playout } = setUp();
  context.outputLatency = 0.03;
  assert.equal(playout.position(), null);
  const start = playout.add(seconds(1));
  assert.ok(playout.position() < 0);
  context.currentTime = start + 0.53;
  near(playout.position(), 0.5);
  assert.equal(playout.playing, true);
  context.currentTime = start + 2;
  assert.equal(playout.playing, false);
});

test('while the sound is dry the position stands still, and then goes on from there', () => {
  const { context, playout } = setUp();
  const start = playout.add(seconds(0.1));
  context.currentTime = start + 0.6;
  near(playout.position(), 0.1);
  near(playout.dry, 0.5);
  const second = playout.add(seconds(0.2));
  assert.ok(second > context.currentTime);
  near(playout.position(), 0.1);
  context.currentTime = second + 0.05;
  near(playout.position(), 0.15);
  assert.equal(playout.dry, 0);
  assert.equal(playout.underruns, 1);
});

test('a listener who is behind a gap still hears the span before it', () => {
  const { context, playout } = setUp();
  context.outputLatency = 0.2;
  const start = playout.add(seconds(0.1));
  context.currentTime = start + 0.15;
  playout.add(seconds(0.1));
  context.currentTime = start + 0.25;
  near(playout.position(), 0.05);
});

test('after the end of the answer the position runs on for the frames that follow', () => {
  const { context, playout } = setUp();
  const start = playout.add(seconds(0.1));
  playout.finish();
  context.currentTime = start + 0.3;
  near(playout.position(), 0.3);
  assert.equal(playout.dry, 0);
  assert.equal(playout.playing, false);
});

test('an interruption fades and stops every source within 10 ms and forgets the answer', () => {
  const { context, playout } = setUp();
  playout.add(seconds(1));
  playout.add(seconds(1));
  playout.stop();
  for (const source of context.sources) near(source.stopped, context.currentTime + 0.01);
  assert.deepEqual(context.ramps.at(-1), { value: 0, at: context.currentTime + 0.01 });
  assert.equal(playout.position(), null);
  assert.equal(playout.playing, false);
  assert.equal(playout.add(seconds(1)), null);
  assert.equal(context.sources.length, 2);
});

test('only what was sounded counts as heard, over all answers', () => {
  const { context, playout } = setUp();
  const start = playout.add(seconds(2));
  context.currentTime = start + 0.5;
  playout.begin();
  near(playout.heardInAll, 0.5);
  const again = playout.add(seconds(1));
  context.currentTime = again + 5;
  near(playout.heardInAll, 1.5);
});

test('sixteen-bit samples become floats', () => {
  const bytes = Buffer.from([0, 0, 0xff, 0x7f, 0, 0x80, 0, 0xc0]).toString('base64');
  assert.deepEqual([...decodePcm16(bytes)], [0, 32767 / 32768, -1, -0.5]);
});

test('half a sample at the end of a chunk is left out', () => {
  assert.equal(decodePcm16(Buffer.from([1, 2, 3]).toString('base64')).length, 1);
});
