import assert from 'node:assert/strict';
import test from 'node:test';
import { Captions } from '../../web/js/captions.js';

// Each word lasts 0.3 s and begins every 0.4 s.
function speak(transcript, words) {
  const captions = new Captions();
  captions.read(transcript);
  words.forEach((word, i) => captions.add(word, i * 0.4, i * 0.4 + 0.3));
  return captions;
}
const text = (line) => line.words.map((word) => word.text).join(' ');

test('the line and the word are those of the position', () => {
  const captions = speak('I like rain', ['I', 'like', 'rain']);
  assert.equal(captions.at(-0.1), null);
  assert.equal(captions.at(null), null);
  assert.equal(captions.at(0).word, 0);
  assert.equal(captions.at(0.5).word, 1);
  assert.equal(text(captions.at(1.2).line), 'I like rain');
});

test('a line stays for a moment after its last word and then goes', () => {
  const captions = speak('Yes', ['Yes']);
  assert.notEqual(captions.at(0.9), null);
  assert.equal(captions.at(1.2), null);
});

test('words are written as the transcript writes them', () => {
  const captions = speak('“Well,” he said, it’s $1.2 million!', [
    'Well',
    'he',
    'said',
    'it’s',
    '$1.2',
    'million',
  ]);
  assert.equal(captions.lines.map(text).join(' '), '“Well,” he said, it’s $1.2 million!');
});

test('a word that the transcript does not have is shown as it came, the next as written', () => {
  const captions = speak('There are 3 of us.', ['There', 'are', 'three', 'of', 'us']);
  assert.equal(text(captions.lines[0]), 'There are three of us.');
});

test('a line breaks when it is full', () => {
  const words = 'one two three four five six seven eight nine ten eleven'.split(' ');
  const captions = speak(words.join(' '), words);
  assert.equal(captions.lines.length, 2);
  for (const line of captions.lines) assert.ok(text(line).length <= 44);
});

test('a line breaks after a sentence, but a short one shares it', () => {
  const words = ['Yes', 'I', 'like', 'the', 'rain', 'a', 'lot', 'Do', 'you'];
  const captions = speak('Yes. I like the rain a lot. Do you?', words);
  assert.deepEqual(captions.lines.map(text), ['Yes. I like the rain a lot.', 'Do you?']);
});

test('a line breaks at a pause', () => {
  const captions = new Captions();
  captions.add('Hm', 0, 0.2);
  captions.add('well', 1.2, 1.4);
  assert.equal(captions.lines.length, 2);
});

test('what was heard is the transcript up to the last word of which half was heard', () => {
  const captions = speak('I like “rain”, and more.', ['I', 'like', 'rain', 'and', 'more']);
  assert.equal(captions.textUntil(0.1), '');
  assert.equal(captions.textUntil(0.9), 'I like');
  assert.equal(captions.textUntil(1), 'I like “rain”,');
  assert.equal(captions.textUntil(9), 'I like “rain”, and more.');
});

test('without times of words nobody knows what was heard', () => {
  const captions = new Captions();
  captions.read('I like rain.');
  assert.equal(captions.textUntil(1), null);
});
