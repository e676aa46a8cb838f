import assert from 'node:assert/strict';
import test from 'node:test';
import { Resampler } from '../../web/js/resampler.js';

const tone = (hertz, rate, seconds) =>
  Float32Array.from({ length: rate * seconds }, (_, i) =>
    Math.sin((2 * Math.PI * hertz * i) / rate),
  );
const strength = (samples) => {
  const inner = samples.slice(1000, -1000);
  return Math.sqrt(inner.reduce((sum, x) => sum + x * x, 0) / inner.length);
};

for (const rate of [48000, 44100, 16000, 96000]) {
  test(`speech at ${rate} Hz keeps its strength and its length`, () => {
    for (const hertz of [200, 1000, 3400]) {
      const output = new Resampler(rate, 24000).push(tone(hertz, rate, 1));
      assert.ok(Math.abs(output.length - 24000) < 120, `${output.length}`);
      assert.ok(Math.abs(strength(output) - Math.SQRT1_2) < 0.002, `${hertz}: ${strength(output)}`);
    }
  });
}

test('what the new rate cannot hold does not fold back into it', () => {
  for (const hertz of [13000, 16000, 20000, 23000]) {
    const output = new Resampler(48000, 24000).push(tone(hertz, 48000, 1));
    assert.ok(strength(output) < 0.001, `${hertz}: ${strength(output)}`);
  }
});

test('the pitch stays', () => {
  const output = new Resampler(44100, 24000).push(tone(1000, 44100, 1));
  const expected = tone(1000, 24000, 1);
  let worst = 0;
  for (let i = 1000; i < 20000; i++) worst = Math.max(worst, Math.abs(output[i] - expected[i]));
  assert.ok(worst < 0.002, `${worst}`);
});

test('where one block ends and the next begins leaves no trace', () => {
  const input = tone(440, 44100, 0.5);
  const whole = new Resampler(44100, 24000).push(input);
  const pieces = new Resampler(44100, 24000);
  const output = [];
  for (let at = 0, size = 1; at < input.length; at += size, size = (size * 7) % 311)
    output.push(...pieces.push(input.subarray(at, at + size)));
  assert.deepEqual(Float32Array.from(output), whole);
});
