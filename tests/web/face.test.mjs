import assert from 'node:assert/strict';
import test from 'node:test';
import { Face } from '../../web/js/face.js';
import { FaceTrack, framesOf } from '../../web/js/face_track.js';
import { restingFace } from '../../web/js/life.js';

const frame = (value) => ({ weights: [value], head: [value, 0, 0] });
const frames = (count, value) => Array.from({ length: count }, (_, i) => frame(value(i)));
const near = (a, b, by = 1e-9) => assert.ok(Math.abs(a - b) < by, `${a} is not ${b}`);

test('a frame is found in the middle of the time that it covers', () => {
  const track = new FaceTrack(10);
  track.add(0, [frame(0), frame(1), frame(2)]);
  assert.equal(track.at(0.05).weights[0], 0);
  assert.equal(track.at(0.15).weights[0], 1);
  near(track.at(0.2).weights[0], 1.5);
  near(track.at(0.2).head[0], 1.5);
  assert.equal(track.at(-0.2), null);
  assert.equal(track.at(0.4), null);
});

test('frames may come in any order', () => {
  const track = new FaceTrack(10);
  track.add(0, [frame(0), frame(1)]);
  track.add(4, [frame(4)]);
  assert.equal(track.at(0.45).weights[0], 4);
  assert.equal(track.at(0.3), null);
  track.add(2, [frame(2), frame(3)]);
  near(track.at(0.3).weights[0], 2.5);
});

test('frames that are forgotten do not move the others', () => {
  const track = new FaceTrack(10);
  track.add(5, [frame(5), frame(6), frame(7)]);
  track.forgetBefore(0.6);
  assert.equal(track.start, 0.6);
  assert.equal(track.at(0.65).weights[0], 6);
  track.add(8, [frame(8)]);
  assert.equal(track.at(0.85).weights[0], 8);
});

test('heads are read where they stand, and are still where there are none', () => {
  const of = (rest) => framesOf({ frames: [[1]], ...rest })[0].head;
  assert.deepEqual(of({}), [0, 0, 0]);
  assert.deepEqual(of({ digital_human: { head: [[1, 2, 3]] } }), [1, 2, 3]);
  assert.deepEqual(of({ head: [[1, 2, 3]] }), [1, 2, 3]);
});

function makeFace(options) {
  const clock = { seconds: 100, position: null };
  const face = new Face({
    fps: 10,
    names: ['jawOpen'],
    position: () => clock.position,
    now: () => clock.seconds,
    ...options,
  });
  const run = (duration, step = 0.02) => {
    for (let t = 0; t < duration - 1e-9; t += step) {
      clock.seconds += step;
      if (clock.position !== null) clock.position += step;
      face.current();
    }
  };
  return { clock, face, run };
}

function speakingFace(value) {
  const made = makeFace();
  made.face.beginAnswer();
  made.face.addAnswer(0, frames(30, value));
  made.clock.position = 0;
  return made;
}

test('while the sound plays the face is the one of the heard position', () => {
  const { clock, face, run } = speakingFace((i) => i / 30);
  run(1);
  near(face.current().weights[0], (clock.position * 10 - 0.5) / 30);
  assert.equal(face.speaking, true);
});

test('the lips are those of the sound within a tenth of a second of its beginning', () => {
  const { face, run } = speakingFace(() => 0.8);
  run(0.1);
  near(face.current().weights[0], 0.8);
});

test('after an interruption the face eases to rest instead of jumping', () => {
  const { clock, face, run } = speakingFace(() => 0.8);
  run(0.5);
  face.endAnswer();
  clock.position = null;
  run(0.02);
  const next = face.current().weights[0];
  assert.ok(next > 0.7 && next <= 0.8, `${next}`);
  assert.equal(face.speaking, false);
  run(0.3);
  assert.ok(face.current().weights[0] < 0.01);
});

test('after the last frame of an answer the face rests though the position runs on', () => {
  const { face, run } = speakingFace(() => 0.8);
  run(3.5);
  assert.ok(face.current().weights[0] < 0.01);
});

test('an answer whose sound runs dry gives way to rest and comes back', () => {
  const { clock, face, run } = speakingFace(() => 0.8);
  run(0.5);
  const held = clock.position;
  clock.position = null;
  run(0.4);
  assert.ok(face.current().weights[0] < 0.01);
  clock.position = held;
  run(0.1);
  near(face.current().weights[0], 0.8);
});

test('resting frames play in their own time, one batch after the other', () => {
  const { face, run } = makeFace();
  face.addIdle(
    30,
    frames(10, (i) => i / 20),
  );
  run(0.9);
  face.addIdle(
    40,
    frames(10, (i) => 0.5 + i / 20),
  );
  run(0.5);
  // 1.4 s after the first batch, less the delay: frame 12 of the two.
  near(face.current().weights[0], 12 / 20, 0.01);
});

test('a batch that is late goes on from the frame that was kept', () => {
  const { face, run } = makeFace();
  face.addIdle(
    0,
    frames(10, () => 0.5),
  );
  run(1.4);
  near(face.current().weights[0], 0.5);
  face.addIdle(
    10,
    frames(10, (i) => 0.5 + i / 20),
  );
  run(0.5);
  near(face.current().weights[0], 0.5 + 4.5 / 20, 0.02);
});

test('without new frames the page gives the face a life of its own', () => {
  const { face, run } = makeFace();
  face.addIdle(
    0,
    frames(10, () => 0.5),
  );
  run(3);
  assert.ok(face.current().weights[0] < 0.01);
});

test('who wants less motion sees a stiller head at rest', () => {
  const { face, run } = makeFace({ stillness: 0.8 });
  face.addIdle(
    0,
    frames(10, () => 0.5),
  );
  run(0.6);
  const { weights, head } = face.current();
  near(weights[0], 0.5);
  near(head[0], 0.1);
});

test('a resting face of the page blinks now and then', () => {
  const names = ['eyeBlinkLeft', 'eyeBlinkRight'];
  let shut = 0;
  for (let t = 0; t < 60; t += 0.02) if (restingFace(names, t).weights[0] > 0.8) shut++;
  assert.ok(shut > 10);
  assert.ok(shut < 600);
});
