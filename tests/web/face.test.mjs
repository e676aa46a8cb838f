import assert from 'node:assert/strict';
import test from 'node:test';
import { Face } from '../../web/js/face.js';
import { FaceTrack, framesOf } from '../../web/js/face_track.js';
import { restingFace } from '../../web/js/life.js';

const frame = (value) => ({ weights: [value], head: [value, 0, 0] });

test('a frame is found in the middle of the time that it covers', () => {
  const track = new FaceTrack(10);
  track.add(0, [frame(0), frame(1), frame(2)]);
  assert.equal(track.at(0.05).weights[0], 0);
  assert.equal(track.at(0.15).weights[0], 1);
  assert.ok(Math.abs(track.at(0.2).weights[0] - 1.5) < 1e-9);
  assert.equal(track.at(-0.2), null);
  assert.equal(track.at(0.4), null);
});

test('frames that are forgotten do not move the others', () => {
  const track = new FaceTrack(10);
  track.add(5, [frame(5), frame(6), frame(7)]);
  track.forgetBefore(0.6);
  assert.equal(track.at(0.65).weights[0], 6);
  track.add(8, [frame(8)]);
  assert.equal(track.at(0.85).weights[0], 8);
});

test("an event without heads has still ones", () => {
  assert.deepEqual(framesOf({ frames: [[1]] }), [{ weights: [1], head: [0, 0, 0] }]);
  assert.deepEqual(framesOf({ frames: [[1]], digital_human: { head: [[1, 2, 3]] } })[0].head, [1, 2, 3]);
});

function makeFace() {
  const clock = { seconds: 100, position: null };
  const face = new Face({ fps: 10, names: ['jawOpen'], position: () => clock.position, now: () => clock.seconds });
  return { clock, face };
}

test('while the sound plays the face is the one of the heard position', () => {
  const { clock, face } = makeFace();
  face.beginAnswer();
  face.addAnswer(0, Array.from({ length: 20 }, (_, i) => frame(i / 20)));
  for (let i = 0; i <= 10; i++) {
    clock.position = i / 10 + 0.05;
    clock.seconds += 0.1;
    face.current();
  }
  assert.ok(Math.abs(face.current().weights[0] - 10 / 20) < 1e-9);
});

test('after an interruption the face eases to rest instead of jumping', () => {
  const { clock, face } = makeFace();
  face.beginAnswer();
  face.addAnswer(0, Array.from({ length: 20 }, () => frame(0.8)));
  for (let i = 0; i <= 10; i++) {
    clock.position = i / 10 + 0.05;
    clock.seconds += 0.1;
    face.current();
  }
  face.endAnswer();
  clock.position = null;
  clock.seconds += 0.016;
  const next = face.current().weights[0];
  assert.ok(next < 0.8 && next > 0.4, `${next}`);
  for (let i = 0; i < 30; i++) {
    clock.seconds += 0.03;
    face.current();
  }
  assert.ok(face.current().weights[0] < 0.01);
});

test('idle frames play in their own time', () => {
  const { clock, face } = makeFace();
  face.addIdle(30, Array.from({ length: 10 }, () => frame(0.5)));
  for (let i = 0; i < 20; i++) {
    clock.seconds += 0.03;
    face.current();
  }
  assert.ok(Math.abs(face.current().weights[0] - 0.5) < 0.02);
});

test('a resting face of the page blinks now and then', () => {
  const names = ['eyeBlinkLeft', 'eyeBlinkRight'];
  let shut = 0;
  for (let t = 0; t < 60; t += 0.02) if (restingFace(names, t).weights[0] > 0.8) shut++;
  assert.ok(shut > 10);
  assert.ok(shut < 600);
});
