import assert from 'node:assert/strict';
import test from 'node:test';
import { Captions } from '../../web/js/captions.js';
import { Conversation } from '../../web/js/conversation.js';
import { Moods } from '../../web/js/moods.js';
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
    askSpoken: () => (log.push(['askSpoken']), (client.busy = true)),
    cancel: () => (log.push(['cancel']), (client.busy = false)),
    drop: (id) => (log.push(['drop', id]), (client.busy = false)),
    truncate: note('truncate'),
  };
  const clock = { ms: 1000 };
  const conversation = new Conversation({
    client,
    playout: new Playout(context, {}, RATE),
    face: noting('beginAnswer', 'addAnswer', 'endAnswer', 'addIdle'),
    captions: new Captions(),
    moods: new Moods(),
    chat: noting(
      ...['person', 'personSpeaks', 'personSays', 'personSaid', 'personUnclear'],
      ...['beginAnswer', 'resumeAnswer', 'more', 'cutTo', 'endAnswer'],
      ...['name', 'nameAnswer', 'restore', 'remark'],
    ),
    now: () => clock.ms,
    report: noting('changed', 'latency', 'trouble', 'notice', 'said'),
  });
  conversation.connected('open', { resumed: false });
  log.length = 0;
  const hear = (type, event = {}) => {
    if (type === 'response.created') client.busy = true;
    if (type === 'response.done') client.busy = false;
    conversation.handle(type, event);
  };
  const of = (name) => log.filter(([entry]) => entry === name).map(([, ...values]) => values);
  return { conversation, client, context, clock, log, hear, of };
}

test('what is felt is known at its moment of the sound, and gone when the answer is interrupted', () => {
  const { conversation, hear } = setUp();
  conversation.say('Hello');
  hear('response.created', { response: { id: 'r1' } });
  hear('response.output_audio.delta', { delta: second });
  hear('digital_human.emotion', { audio_offset_ms: 500, emotions: { joy: 0.9, concern: 0 } });
  assert.equal(conversation.moods.at(0.4), null);
  assert.equal(conversation.moods.at(0.5).name, 'joy');
  conversation.interrupt();
  assert.equal(conversation.moods.at(0.5), null);
});

test('a turn goes from thinking to speaking to ready', () => {
  const { conversation, context, hear, of } = setUp();
  assert.equal(conversation.state, 'ready');
  assert.equal(conversation.say('Hello'), true);
  assert.deepEqual(of('ask'), [['Hello']]);
  assert.equal(conversation.state, 'thinking');
  hear('response.created', { response: { id: 'r1' } });
  assert.equal(conversation.state, 'thinking');
  hear('response.output_audio.delta', { delta: second });
  assert.equal(conversation.state, 'thinking');
  context.currentTime += 0.05;
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

test('sound goes on while the connection is away, and the answer when it is back', () => {
  const { conversation, hear, of } = setUp();
  conversation.say('Hello');
  hear('response.created', { response: { id: 'r1' } });
  hear('response.output_audio.delta', { delta: second, item_id: 'a1' });
  conversation.connected('lost', { wait: 500 });
  assert.equal(conversation.state, 'lost');
  assert.equal(conversation.playout.playing, true);
  assert.deepEqual(of('endAnswer'), []);
  conversation.connected('open', { resumed: true });
  hear('response.output_audio.delta', { delta: second, item_id: 'a1' });
  assert.equal(conversation.playout.length, 2);
});

test('an answer is cut off when its conversation is not there any more, or was missed', () => {
  const begin = () => {
    const made = setUp();
    made.conversation.say('Hello');
    made.hear('response.created', { response: { id: 'r1' } });
    made.conversation.connected('lost', { wait: 500 });
    return made;
  };
  const other = begin();
  other.conversation.connected('open', { resumed: false });
  assert.deepEqual(other.of('endAnswer'), [['lost']]);
  const gap = begin();
  gap.conversation.connected('open', { resumed: true });
  gap.hear('digital_human.resume_gap', { message: 'Too long ago.' });
  assert.deepEqual(gap.of('endAnswer'), [['lost']]);
  assert.deepEqual(gap.of('remark'), [['Too long ago.']]);
});

test('after a gap the items are those of before, until something happens', () => {
  const { hear, of } = setUp();
  const item = { id: 'u1', role: 'user', content: [] };
  hear('conversation.item.added', { item });
  hear('digital_human.resume_gap', { message: 'x' });
  hear('conversation.item.added', { item });
  hear('input_audio_buffer.speech_started');
  hear('conversation.item.added', { item });
  assert.equal(of('restore').length, 1);
  assert.equal(of('name').length, 2);
});

test('a question that did not arrive is told when the connection is back', () => {
  const { conversation, client, hear, of } = setUp();
  conversation.say('Hello');
  conversation.connected('lost', { wait: 500 });
  conversation.connected('open', { resumed: true });
  client.busy = false;
  hear('digital_human.resumed');
  assert.deepEqual(of('endAnswer'), [['lost']]);
  assert.match(of('remark')[0][0], /did not arrive/);
});

test('a refused request is told and not waited for', () => {
  const { conversation, client, hear, of } = setUp();
  conversation.say('Hello');
  client.busy = false;
  hear('error', { error: { message: 'too many' } });
  assert.deepEqual(of('trouble'), [['too many']]);
  assert.deepEqual(of('endAnswer'), [['failed']]);
});

test('a person who speaks is listened to, then thought about, then answered', () => {
  const { conversation, clock, context, hear, of } = setUp();
  hear('input_audio_buffer.speech_started', { item_id: 'u1' });
  assert.equal(conversation.state, 'listening');
  hear('conversation.item.input_audio_transcription.delta', { item_id: 'u1', delta: 'Hel' });
  hear('input_audio_buffer.speech_stopped', { item_id: 'u1' });
  assert.equal(conversation.state, 'thinking');
  clock.ms += 100;
  hear('input_audio_buffer.committed', { item_id: 'u1' });
  hear('response.created', { response: { id: 'r1' } });
  clock.ms += 300;
  context.currentTime = 20;
  hear('response.output_audio.delta', { delta: second, item_id: 'a1' });
  hear('conversation.item.input_audio_transcription.completed', {
    item_id: 'u1',
    transcript: 'Hello. ',
  });
  assert.deepEqual(of('personSpeaks'), [['u1']]);
  assert.deepEqual(of('personSays'), [['u1', 'Hel']]);
  assert.deepEqual(of('personSaid'), [['u1', 'Hello.']]);
  assert.deepEqual(of('latency'), [[440]]);
  assert.equal(of('beginAnswer').length, 1 + 1); // of the face and of the chat
});

test('what was no speech, or not understood, is not thought about', () => {
  for (const [type, event] of [
    ['digital_human.speech_ignored', {}],
    ['conversation.item.input_audio_transcription.failed', { error: { message: 'x' } }],
    ['conversation.item.input_audio_transcription.completed', { transcript: ' ' }],
    ['input_audio_buffer.cleared', {}],
  ]) {
    const { conversation, hear } = setUp();
    hear('input_audio_buffer.speech_started', { item_id: 'u1' });
    hear('input_audio_buffer.speech_stopped', { item_id: 'u1' });
    hear(type, { item_id: 'u1', ...event });
    assert.equal(conversation.state, 'ready', type);
  }
});

test('a server that says nothing of what it heard is not thinking for ever', () => {
  const { conversation, clock, hear } = setUp();
  hear('input_audio_buffer.speech_stopped', { item_id: 'u1' });
  clock.ms += 9000;
  assert.equal(conversation.state, 'ready');
});

test('what was said while the button was held is answered', () => {
  const { conversation, hear, of } = setUp();
  conversation.listening(true);
  assert.equal(conversation.state, 'listening');
  conversation.listening(false);
  assert.equal(conversation.saySpoken(), true);
  assert.equal(conversation.state, 'thinking');
  hear('input_audio_buffer.committed', { item_id: 'u1' });
  assert.deepEqual(of('askSpoken'), [[]]);
  conversation.connected('lost', { wait: 500 });
  assert.equal(conversation.saySpoken(), false);
});

test('nothing that was heard is a hint, not a trouble', () => {
  const { conversation, client, hear, of } = setUp();
  conversation.saySpoken();
  client.busy = false;
  hear('error', { error: { code: 'input_audio_buffer_commit_empty', message: 'x' } });
  assert.equal(conversation.state, 'ready');
  assert.equal(of('trouble').length, 0);
  assert.equal(of('notice').length, 1);
});

// An answer of two seconds and five words; 0.9 s of it were heard.
function talkInto() {
  const made = setUp();
  const { hear, context } = made;
  hear('response.created', { response: { id: 'r1' } });
  hear('response.output_audio_transcript.delta', { delta: 'One two three four five.' });
  hear('response.output_audio.delta', { delta: second, item_id: 'a1' });
  hear('response.output_audio.delta', { delta: second, item_id: 'a1' });
  ['One', 'two', 'three', 'four', 'five'].forEach((text, i) =>
    hear('response.audio_timestamp.delta', {
      text,
      audio_offset_ms: 400 * i,
      audio_duration_ms: 300,
    }),
  );
  context.currentTime += 0.94;
  made.log.length = 0;
  return made;
}

test('talking into an answer silences it at once and tells how much was heard', () => {
  const { conversation, context, hear, of } = talkInto();
  hear('input_audio_buffer.speech_started', { item_id: 'u1' });
  assert.equal(conversation.playout.playing, false);
  assert.ok(context.sources.every((source) => source.stopped <= context.currentTime + 0.01));
  const [[item, heardMs]] = of('truncate');
  assert.equal(item, 'a1');
  assert.ok(Math.abs(heardMs - 900) <= 1, `${heardMs}`);
  assert.deepEqual(of('drop'), [['r1']]);
  assert.deepEqual(of('cutTo'), [['One two']]);
  assert.deepEqual(of('endAnswer'), [[], ['overheard']]); // of the face and of the chat
  assert.equal(of('cancel').length, 0); // the server ends it by itself
  assert.equal(conversation.state, 'listening');
});

test('an answer that the server breaks off for speech is not played on', () => {
  const { conversation, hear, of } = talkInto();
  hear('response.done', {
    response: { status: 'cancelled', status_details: { reason: 'turn_detected' } },
  });
  assert.equal(conversation.playout.playing, false);
  assert.equal(of('truncate').length, 1);
});

test('speech into silence interrupts nothing', () => {
  const { hear, of } = setUp();
  hear('input_audio_buffer.speech_started', { item_id: 'u1' });
  assert.deepEqual([...of('truncate'), ...of('drop'), ...of('endAnswer')], []);
});

test('an answer that a cough seemed to interrupt is played on in the same place', () => {
  const { conversation, hear, of } = talkInto();
  hear('input_audio_buffer.speech_started', { item_id: 'u1' });
  hear('digital_human.speech_ignored', { item_id: 'u1' });
  hear('response.created', { response: { id: 'r2', metadata: { resumes: 'r1' } } });
  hear('response.output_audio_transcript.delta', { delta: 'three four five.' });
  hear('response.output_audio.delta', { delta: second, item_id: 'a2' });
  assert.equal(of('resumeAnswer').length, 1);
  assert.equal(of('beginAnswer').length, 1); // of the face alone
  assert.equal(conversation.playout.playing, true);
  assert.deepEqual(of('more').at(-1), ['three four five.']);
});

test('Escape tells how much was heard too', () => {
  const { conversation, of } = talkInto();
  conversation.interrupt();
  assert.equal(of('cancel').length, 1);
  assert.equal(of('truncate').length, 1);
  assert.deepEqual(of('cutTo'), [['One two']]);
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
