import assert from 'node:assert/strict';
import test from 'node:test';
import { Pace } from '../../web/js/pace.js';

function run(pace, count, ms) {
  for (let i = 0; i < count; i++) pace.frame(ms);
  return pace.level;
}

test('a machine that keeps up draws as finely as it can', () => {
  assert.equal(run(new Pace(4), 2000, 16.7), 0);
  assert.equal(run(new Pace(4), 2000, 33), 0);
});

test('a slow machine goes down one level at a time until it keeps up', () => {
  const pace = new Pace(4);
  assert.equal(run(pace, 25, 70), 1);
  assert.equal(run(pace, 200, 33), 1);
});

test('a machine that crawls gets the coarsest within a few frames', () => {
  assert.equal(run(new Pace(4), 8, 700), 3);
});

test('the coarsest level is the last', () => {
  assert.equal(run(new Pace(2), 1000, 900), 1);
});

test('single long frames and a page out of sight change nothing', () => {
  const pace = new Pace(3);
  run(pace, 50, 16);
  pace.frame(200);
  run(pace, 50, 16);
  run(pace, 5, 60000);
  assert.equal(pace.level, 0);
});

test('what became fast is drawn finer again, once; what proves too slow then stays', () => {
  const pace = new Pace(2);
  run(pace, 60, 70);
  assert.equal(pace.level, 1);
  run(pace, 400, 10);
  assert.equal(pace.level, 0);
  run(pace, 60, 70);
  assert.equal(pace.level, 1);
  run(pace, 2000, 10);
  assert.equal(pace.level, 1);
});
