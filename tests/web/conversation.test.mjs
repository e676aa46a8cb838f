import assert from 'node:assert/strict';
import test from 'node:test';
import { Captions } from '../../web/js/captions.js';
import { Conversation } from '../../web/js/conversation.js';
import { Playout } from '../../web/js/playout.js';
import { fakeAudioContext } from './fake_audio_context.mjs';

const RATE = 24000;
const second = Buffer.alloc(2 * RATE).toString('base64');

function setUp() {
  const context = fakeAudioContext();
  const log = [];
  const note =
    (name) =>
    (...values) =>
      log.push([name, ...values]);
  const noting = (...names) => Object.fromEntries(names.map((name) => [name, note(name)]));
  const client = {
    busy: false,
    ask: (text) => (log.push(['ask', text]), (client.busy = true)),
    cancel: () => (log.push(['cancel']), (client.busy = false)),
  };
  const clock = { ms: 1000 };
  const conversation = new Conversation({
    client,
    playout: new Playout(context, {}, RATE),
    face: noting('beginAnswer', 'addAnswer', 'endAnswer', 'addIdle'),
    captions: new Captions(),
    chat: noting('person', 'beginAnswer', 'more', 'endAnswer', 'remark'),
    now: () => clock.ms,
    report: noting('changed', 'latency', 'trouble', 'notice', 'said'),
  });
  conversation.connected('open');
  const hear = (type, event = {}) => {
    if (type === 'response.done') client.busy = false;
    conversation.handle(type, event);
  };
  const of = (name) => log.filter(([entry]) => entry === name).map(([, ...values]) => values);
  return { conversation, client, context, clock, log, hear, of };
}

test('a turn goes from thinking to speaking to ready', () => {
  const { conversation, context, hear, of } = setUp();
  assert.equal(conversation.state, 'ready');
  assert.equal(conversation.say('Hello'), true);
  assert.deepEqual(of('ask'), [['Hello']]);
  assert.equal(conversation.state, 'thinking');
  hear('response.created', { response: { id: 'r1' } });
  assert.equal(conversation.state, 'thinking');
  hear('response.output_audio.delta', { delta: second });
  assert.equal(conversation.state, 'speaking');
  hear('response.done', { response: { status: 'completed' } });
  assert.equal(conversation.state, 'speaking');
  context.currentTime += 1.1;
  assert.equal(conversation.state, 'ready');
  assert.equal(conversation.busy, false);
});

test('the latency lasts from sending until the first sound is heard, and is told once', () => {
  const { conversation, context, clock, hear, of } = setUp();
  context.outputLatency = 0.02;
  context.currentTime = 10;
  conversation.say('Hello');
  clock.ms += 300;
  hear('response.created', { response: { id: 'r1' } });
  hear('response.output_audio.delta', { delta: second });
  hear('response.output_audio.delta', { delta: second });
  assert.deepEqual(of('latency'), [[360]]);
});

test('an interruption ends the request, the sound, the face, the captions and the words', () => {
  const { conversation, hear, of } = setUp();
  conversation.say('Hello');
  hear('response.created', { response: { id: 'r1' } });
  hear('response.output_audio.delta', { delta: second });
  hear('response.audio_timestamp.delta', {
    text: 'Hi',
    audio_offset_ms: 0,
    audio_duration_ms: 200,
  });
  conversation.interrupt();
  assert.equal(of('cancel').length, 1);
  assert.equal(of('endAnswer').length, 2); // of the face and of the chat
  assert.deepEqual(conversation.captions.lines, []);
  assert.equal(conversation.playout.playing, false);
  assert.equal(conversation.state, 'ready');
  conversation.interrupt();
  assert.equal(of('cancel').length, 1);
});

test('sound that is still played after the answer was sent can be interrupted', () => {
  const { conversation, hear } = setUp();
  conversation.say('Hello');
  hear('response.created', { response: { id: 'r1' } });
  hear('response.output_audio.delta', { delta: second });
  hear('response.done', { response: { status: 'completed' } });
  assert.equal(conversation.busy, true);
  conversation.interrupt();
  assert.equal(conversation.busy, false);
});

test('nothing is asked without a connection', () => {
  const { conversation, of } = setUp();
  conversation.connected('lost');
  assert.equal(conversation.say('Hello'), false);
  assert.deepEqual(of('ask'), []);
  assert.equal(conversation.state, 'lost');
});

test('what was received before the connection was lost is heard to its end', () => {
  const { conversation, hear, of } = setUp();
  conversation.say('Hello');
  hear('response.created', { response: { id: 'r1' } });
  hear('response.output_audio.delta', { delta: second });
  conversation.connected('lost');
  assert.equal(conversation.playout.playing, true);
  assert.deepEqual(of('endAnswer'), [['lost']]);
});

test('a refused request is told and not waited for', () => {
  const { conversation, client, hear, of } = setUp();
  conversation.say('Hello');
  client.busy = false;
  hear('error', { error: { message: 'too many' } });
  assert.deepEqual(of('trouble'), [['too many']]);
  assert.deepEqual(of('endAnswer'), [['failed']]);
});

test('an error beside an answer does not end it', () => {
  const { conversation, hear, of } = setUp();
  conversation.say('Hello');
  hear('error', { error: { message: 'no such voice' } });
  assert.deepEqual(of('endAnswer'), []);
});

test('an answer that failed says why', () => {
  const { conversation, hear, of } = setUp();
  conversation.say('Hello');
  hear('response.done', {
    response: { status: 'failed', status_details: { error: { message: 'out of breath' } } },
  });
  assert.match(of('remark')[0][0], /out of breath/);
});

test('an answer without a word is told', () => {
  const { conversation, hear, of } = setUp();
  conversation.say('Hello');
  hear('response.done', { response: { status: 'completed' } });
  assert.match(of('remark')[0][0], /empty/);
});

test('a new conversation after a reconnection is told, the same one is not', () => {
  const { hear, of } = setUp();
  const session = (id) =>
    hear('session.created', { session: { digital_human: { conversation_id: id } } });
  session('a');
  session('a');
  assert.equal(of('remark').length, 0);
  session('b');
  assert.equal(of('remark').length, 1);
});

test('an answer without word times is read out by the page, one with captions is not', () => {
  const { conversation, hear, of } = setUp();
  const answer = (timed) => {
    conversation.say('Hello');
    hear('response.created', { response: { id: 'r' } });
    hear('response.output_audio_transcript.delta', { delta: 'Good day.' });
    if (timed)
      hear('response.audio_timestamp.delta', {
        text: 'Good',
        audio_offset_ms: 0,
        audio_duration_ms: 9,
      });
    hear('response.done', { response: { status: 'completed' } });
  };
  answer(false);
  answer(true);
  assert.deepEqual(of('said'), [['Good day.']]);
});

test('events that the page does not know are passed over', () => {
  const { hear, log } = setUp();
  const before = log.length;
  hear('rate_limits.updated', {});
  assert.deepEqual(log.slice(before), [['changed']]);
});
