import assert from 'node:assert/strict';
import test from 'node:test';
import { HANDS_FREE, PUSH_TO_TALK, Talk } from '../../web/js/talk.js';

function setUp(talkMode = HANDS_FREE, state = 'on') {
  const log = [];
  const note =
    (name) =>
    (...values) =>
      log.push([name, ...values]);
  const made = { log };
  const microphone = {
    state,
    start: (id) => (log.push(['start', id]), made.turn('on')),
    flush: async () => log.push(['flush']),
    get open() {
      return this.state === 'on' || this.state === 'muted';
    },
    set muted(muted) {
      made.turn(muted ? 'muted' : 'on');
    },
  };
  const settings = {
    talkMode,
    microphone: 'headset',
    set: (changes) => Object.assign(settings, changes),
  };
  const talk = new Talk({
    client: { send: ({ type, audio }) => log.push([type, ...(audio ? [audio] : [])]) },
    conversation: {
      connection: 'open',
      interrupt: note('interrupt'),
      listening: note('listening'),
      saySpoken: note('saySpoken'),
    },
    microphone,
    settings,
    applySession: () => log.push(['session', talk.inputSettings().turn_detection?.type ?? null]),
    report: { changed() {}, hint: note('hint') },
  });
  made.turn = (next) => {
    if (microphone.state === next) return;
    microphone.state = next;
    talk.microphoneChanged();
  };
  talk.inputSettings();
  const names = () => log.map(([name]) => name);
  const hear = (chunks) => {
    for (let i = 0; i < chunks; i++)
      talk.chunk({ pcm: new Uint8Array(1920).fill(1), db: -30, seconds: 0.04 });
  };
  return Object.assign(made, { talk, microphone, settings, names, hear });
}

const APPEND = 'input_audio_buffer.append';
const CLEAR = 'input_audio_buffer.clear';

test('hands-free the server hears when a turn ends, once the microphone is open', () => {
  const { talk, turn, log } = setUp(HANDS_FREE, 'off');
  assert.equal(talk.inputSettings().turn_detection, null);
  assert.ok(talk.inputSettings().transcription);
  turn('on');
  assert.deepEqual(log, [['session', 'semantic_vad']]);
  assert.deepEqual(talk.inputSettings().turn_detection, {
    type: 'semantic_vad',
    create_response: true,
    interrupt_response: true,
  });
});

test('the button turns on, mutes and unmutes', async () => {
  const { talk, microphone, log } = setUp(HANDS_FREE, 'off');
  await talk.toggle();
  assert.deepEqual(log[0], ['start', 'headset']);
  assert.equal(microphone.state, 'on');
  await talk.toggle();
  assert.equal(microphone.state, 'muted');
  await talk.toggle();
  assert.equal(microphone.state, 'on');
});

test('a muted microphone is followed by a little silence, so that the turn can end, then by nothing', () => {
  const { turn, hear, log } = setUp();
  hear(2);
  turn('muted');
  hear(100);
  const appended = log.filter(([name]) => name === APPEND).map(([, audio]) => audio);
  assert.equal(appended.length, 2 + 50);
  assert.ok(appended.slice(2).every((audio) => /^A+=*$/.test(audio)));
  assert.ok(!/^A+=*$/.test(appended[0]));
});

test('a microphone that is turned off ends the detection of turns and forgets what was half said', () => {
  const { turn, names, log } = setUp();
  turn('off');
  assert.deepEqual(names(), [CLEAR, 'session', 'listening']);
  assert.deepEqual(log[1], ['session', null]);
});

test('only what is said while the button is held is sent, all of it, then an answer is asked for', async () => {
  const { talk, hear, names } = setUp(PUSH_TO_TALK);
  hear(5);
  assert.deepEqual(names(), []);
  await talk.press();
  assert.deepEqual(names(), ['interrupt', CLEAR, 'listening']);
  hear(10);
  talk.microphone.flush = async () => hear(1);
  await talk.release();
  hear(5);
  assert.equal(names().filter((name) => name === APPEND).length, 11);
  assert.deepEqual(names().slice(-2), ['listening', 'saySpoken']);
});

test('a button that is only touched asks for nothing', async () => {
  const { talk, hear, names } = setUp(PUSH_TO_TALK);
  await talk.press();
  hear(3);
  await talk.release();
  assert.ok(!names().includes('saySpoken'));
  assert.deepEqual(names().slice(-2), [CLEAR, 'hint']);
});

test('the first press only opens the microphone', async () => {
  const { talk, names } = setUp(PUSH_TO_TALK, 'off');
  await talk.press();
  assert.deepEqual(names(), ['start']);
  assert.equal(talk.holding, false);
  await talk.release();
  assert.deepEqual(names(), ['start']);
});

test('nothing can be held without a connection, and hands-free there is nothing to hold', async () => {
  const held = setUp(PUSH_TO_TALK);
  held.talk.conversation.connection = 'lost';
  await held.talk.press();
  assert.equal(held.talk.holding, false);
  const free = setUp();
  await free.talk.press();
  assert.equal(free.talk.holding, false);
});

test('what is given up while it is said is never answered', async () => {
  const { talk, hear, names } = setUp(PUSH_TO_TALK);
  await talk.press();
  hear(10);
  talk.abandon();
  await talk.release();
  assert.ok(!names().includes('saySpoken'));
  assert.equal(names().filter((name) => name === CLEAR).length, 2);
});

test('a microphone that vanishes gives up what is being said', async () => {
  const { talk, turn, names } = setUp(PUSH_TO_TALK);
  await talk.press();
  turn('none');
  assert.equal(talk.holding, false);
  assert.ok(!names().includes('saySpoken'));
});

test('the other way to talk is remembered and told to the server, with an empty buffer', () => {
  const { talk, settings, log, names } = setUp();
  talk.setMode(PUSH_TO_TALK);
  assert.equal(settings.talkMode, PUSH_TO_TALK);
  assert.deepEqual(names(), [CLEAR, 'session']);
  assert.deepEqual(log[1], ['session', null]);
  talk.setMode(HANDS_FREE);
  assert.deepEqual(log[3], ['session', 'semantic_vad']);
});
