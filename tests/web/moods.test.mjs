import assert from 'node:assert/strict';
import test from 'node:test';
import { Moods } from '../../web/js/moods.js';

const calm = { joy: 0, confidence: 0, surprise: 0, thoughtfulness: 0, concern: 0 };

test('the strongest feeling is shown from its moment on', () => {
  const moods = new Moods();
  moods.add(0, { ...calm, joy: 0.8, surprise: 0.3 });
  moods.add(1.5, { ...calm, concern: 0.6 });
  assert.equal(moods.at(0.4).word, 'glad');
  assert.equal(moods.at(1.49).name, 'joy');
  assert.deepEqual(moods.at(1.5), { name: 'concern', word: 'concerned', weight: 0.6 });
});

test('nothing is shown before the first, after the sound, nor of a feeling that is weak', () => {
  const moods = new Moods();
  moods.add(0.5, { ...calm, joy: 0.9 });
  moods.add(1, { ...calm, joy: 0.19 });
  assert.equal(moods.at(0.4), null);
  assert.equal(moods.at(null), null);
  assert.equal(moods.at(1.2), null);
});

test('a new answer begins without a feeling', () => {
  const moods = new Moods();
  moods.add(0, { ...calm, joy: 0.9 });
  moods.clear();
  assert.equal(moods.at(1), null);
});

test('a feeling that the page has no word for has its name', () => {
  const moods = new Moods();
  moods.add(0, { awe: 0.9 });
  assert.equal(moods.at(0).word, 'awe');
});
