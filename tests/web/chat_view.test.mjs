import assert from 'node:assert/strict';
import test from 'node:test';
import { ChatView } from '../../web/js/chat_view.js';
import { fakeDocument } from './fake_document.mjs';

globalThis.document = fakeDocument;

function setUp() {
  const [scroller, list, empty] = [1, 2, 3].map(() => fakeDocument.createElement());
  const chat = new ChatView({ scroller, list, empty });
  const shown = () =>
    list.children.map((item) => {
      const kinds = [...item.classes].join(' ');
      const note = item.dataset.note ? ` (${item.dataset.note})` : '';
      return `${kinds}: ${item.lastElementChild.textContent}${note}`;
    });
  return { chat, shown, empty };
}

function answer(chat, ...pieces) {
  chat.beginAnswer();
  pieces.forEach((piece) => chat.more(piece));
}

test('what a person says is written as it is heard, and then as it was said', () => {
  const { chat, shown, empty } = setUp();
  chat.personSpeaks('u1');
  assert.deepEqual(shown(), ['person pending partial: ']);
  chat.personSays('u1', 'What is');
  chat.personSays('u1', ' a light');
  assert.deepEqual(shown(), ['person partial: What is a light']);
  chat.personSaid('u1', 'What is a lighthouse?');
  chat.personSays('u1', ' late');
  assert.deepEqual(shown(), ['person: What is a lighthouse?']);
  assert.equal(empty.hidden, true);
});

test('what was no speech leaves nothing behind', () => {
  const { chat, shown, empty } = setUp();
  chat.personSays('u1', 'Hm');
  chat.personSaid('u1', '');
  chat.personSaid('u2', '');
  assert.deepEqual(shown(), []);
  assert.equal(empty.hidden, false);
});

test('what could not be understood says so', () => {
  const { chat, shown } = setUp();
  chat.personUnclear('u1', 'too faint');
  assert.deepEqual(shown(), ['person:  (could not be understood: too faint)']);
});

test('words that come after the answer has begun stand before it', () => {
  const { chat, shown } = setUp();
  chat.beginAnswer();
  chat.personSaid('u1', 'Hello');
  chat.more('Hi.');
  assert.deepEqual(shown(), ['person: Hello', 'human: Hi.']);
});

test('of an answer that is talked into, what was heard is left', () => {
  const { chat, shown } = setUp();
  answer(chat, 'I like the rain', ' and the sea.');
  chat.cutTo('I like the');
  chat.endAnswer('overheard');
  assert.deepEqual(shown(), ['human: I like the (interrupted)']);
});

test('an answer that is talked into before its first word is not there', () => {
  const { chat, shown } = setUp();
  answer(chat);
  chat.endAnswer('overheard');
  assert.deepEqual(shown(), []);
});

test('an answer that a cough seemed to interrupt goes on in its place', () => {
  const { chat, shown } = setUp();
  answer(chat, 'I like the rain and the sea.');
  chat.cutTo('I like the');
  chat.endAnswer('overheard');
  chat.resumeAnswer();
  chat.more('rain and');
  chat.more(' the sea.');
  assert.deepEqual(shown(), ['human: I like the rain and the sea.']);
  chat.cutTo('rain');
  chat.endAnswer('overheard');
  assert.deepEqual(shown(), ['human: I like the rain (interrupted)']);
});

test('after a gap an item is shown as the server has it: once, whole, and where it was missing', () => {
  const { chat, shown } = setUp();
  chat.person('Hello');
  chat.name({ id: 'u1', content: [{ type: 'input_text', text: 'Hello' }] });
  answer(chat, 'Good');
  chat.nameAnswer('a1');
  chat.endAnswer('lost');
  chat.restore({ id: 'u1', role: 'user', content: [{ type: 'input_text', text: 'Hello' }] });
  chat.restore({ id: 'a1', role: 'assistant', content: [{ transcript: 'Good day.' }] });
  chat.restore({ id: 'u2', role: 'user', content: [{ type: 'input_audio', transcript: 'And?' }] });
  chat.restore({ id: 's1', role: 'system', content: [{ text: 'Be kind.' }] });
  assert.deepEqual(shown(), ['person: Hello', 'human: Good day.', 'person: And?']);
});

test('an answer’s end says how it ended', () => {
  for (const [status, note] of [
    ['cancelled', 'interrupted'],
    ['lost', 'cut off'],
    ['incomplete', 'cut short'],
  ]) {
    const { chat, shown } = setUp();
    answer(chat, 'Well');
    chat.endAnswer(status);
    assert.deepEqual(shown(), [`human: Well (${note})`]);
  }
});
