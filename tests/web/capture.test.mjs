import assert from 'node:assert/strict';
import test from 'node:test';
import { Capture } from '../../web/js/capture.js';
import { levelDb, Meter } from '../../web/js/level.js';
import { decodePcm16, toBase64, toPcm16 } from '../../web/js/pcm.js';

function capture(rate) {
  const chunks = [];
  return { chunks, capture: new Capture(rate, (chunk) => chunks.push(chunk)) };
}
const samplesOf = (chunk) => decodePcm16(toBase64(chunk.pcm));

test('samples go over the wire and back unchanged', () => {
  const samples = Float32Array.of(0, 0.5, -0.5, 1 / 32768, -1, 32767 / 32768);
  assert.deepEqual(decodePcm16(toBase64(toPcm16(samples))), samples);
});

test('what is beyond full scale is clipped, not wrapped', () => {
  assert.deepEqual(
    decodePcm16(toBase64(toPcm16(Float32Array.of(1.5, -1.5)))),
    Float32Array.of(32767 / 32768, -1),
  );
});

test('long stretches become base64 like short ones', () => {
  const bytes = Uint8Array.from({ length: 50001 }, (_, i) => (i * 31) & 255);
  assert.equal(toBase64(bytes), Buffer.from(bytes).toString('base64'));
});

test('blocks of the audio thread become chunks of 40 ms, in order and without loss', () => {
  const { chunks, capture: one } = capture(24000);
  const input = Float32Array.from({ length: 128 * 30 }, (_, i) => (i % 1000) / 1024);
  for (let at = 0; at < input.length; at += 128) one.push([input.subarray(at, at + 128)]);
  assert.equal(chunks.length, 4);
  for (const chunk of chunks) assert.equal(chunk.pcm.length, 1920);
  assert.equal(chunks[0].seconds, 0.04);
  assert.deepEqual(
    chunks.flatMap((chunk) => [...samplesOf(chunk)]),
    [...input],
  );
});

test('a chunk that is not full is sent when asked for', () => {
  const { chunks, capture: one } = capture(24000);
  one.push([new Float32Array(100)]);
  assert.equal(chunks.length, 0);
  one.flush();
  one.flush();
  assert.deepEqual(
    chunks.map((chunk) => chunk.pcm.length),
    [200],
  );
});

test('at another rate as much time comes out as went in', () => {
  const { chunks, capture: one } = capture(48000);
  for (let i = 0; i < 375; i++) one.push([new Float32Array(128)]);
  assert.equal(chunks.length, 24);
});

test('several channels are mixed to one, none is no sound', () => {
  const { chunks, capture: one } = capture(24000);
  one.push([]);
  one.push([new Float32Array(960).fill(0.5), new Float32Array(960).fill(0.25)]);
  assert.equal(samplesOf(chunks[0])[7], 0.375);
});

test('the level is that of the effective value', () => {
  assert.equal(levelDb(new Float32Array(10)), -100);
  assert.equal(levelDb(Float32Array.of()), -100);
  assert.ok(Math.abs(levelDb(Float32Array.of(1, -1, 1))) < 1e-9);
  assert.ok(Math.abs(levelDb(Float32Array.of(0.1, -0.1)) + 20) < 1e-6);
});

test('the needle jumps up with the voice and falls slowly', () => {
  const meter = new Meter();
  assert.equal(meter.show(-100, 0.04), 0);
  assert.equal(meter.show(0, 0.04), 1);
  const next = meter.show(-100, 0.04);
  assert.ok(next > 0.8 && next < 1);
  for (let i = 0; i < 30; i++) meter.show(-100, 0.04);
  assert.equal(meter.show(-100, 0.04), 0);
  assert.ok(meter.show(-30, 0.04) > meter.show(-100, 0.04));
});
