import assert from 'node:assert/strict';
import test from 'node:test';
import { Playout } from '../../web/js/playout.js';

// An audio context whose time the test turns, and that remembers what was started when.
function fakeContext() {
  const started = [];
  const param = { setValueAtTime() {}, linearRampToValueAtTime() {} };
  return {
    currentTime: 10,
    outputLatency: 0,
    baseLatency: 0,
    started,
    createGain: () => ({ gain: param, connect() {} }),
    createBuffer: (channels, length) => ({ length, copyToChannel() {} }),
    createBufferSource() {
      const source = { connect() {}, start(at) { source.at = at; started.push(source); }, stop(at) { source.stopped = at; } };
      return source;
    },
  };
}

const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test('chunks follow each other without a gap', () => {
  const context = fakeContext();
  const playout = new Playout(context, {});
  playout.begin();
  playout.add(new Float32Array(4800));
  context.currentTime += 0.1;
  playout.add(new Float32Array(4800));
  near(context.started[1].at - context.started[0].at, 0.2);
  near(playout.length, 0.4);
});

test('the position is counted from the first sample, less the latency of the output', () => {
  const context = fakeContext();
  context.outputLatency = 0.03;
  const playout = new Playout(context, {});
  assert.equal(playout.position(), null);
  playout.begin();
  assert.equal(playout.position(), null);
  playout.add(new Float32Array(24000));
  const start = context.started[0].at;
  context.currentTime = start + 0.53;
  near(playout.position(), 0.5);
  assert.equal(playout.playing, true);
  context.currentTime = start + 2;
  assert.equal(playout.playing, false);
});

test('a chunk that comes too late moves the sound and the position by as much', () => {
  const context = fakeContext();
  const playout = new Playout(context, {});
  playout.begin();
  playout.add(new Float32Array(2400));
  context.currentTime += 1;
  playout.add(new Float32Array(2400));
  const second = context.started[1].at;
  assert.ok(second >= context.currentTime);
  context.currentTime = second;
  near(playout.position(), 0.1);
});

test('an interruption stops every source within 10 ms and forgets the answer', () => {
  const context = fakeContext();
  const playout = new Playout(context, {});
  playout.begin();
  playout.add(new Float32Array(24000));
  playout.add(new Float32Array(24000));
  playout.stop();
  for (const source of context.started) near(source.stopped, context.currentTime + 0.01);
  assert.equal(playout.position(), null);
  playout.add(new Float32Array(24000));
  assert.equal(context.started.length, 2);
});
