import assert from 'node:assert/strict';
import test from 'node:test';
import { RealtimeClient } from '../../web/js/realtime_client.js';

function setUp(options) {
  const sockets = [];
  const events = [];
  const states = [];
  const timers = [];
  const clock = { ms: 0 };
  const client = new RealtimeClient('ws://x/v1/realtime?model=m', {
    on: (type, event) => events.push([type, event]),
    onState: (state, detail) => states.push(detail ? [state, detail] : [state]),
    later: (call, wait) => timers.push({ call, wait, forgotten: false }) - 1,
    forget: (timer) => (timers[timer].forgotten = true),
    now: () => clock.ms,
    random: () => 1,
    makeSocket: (url, protocols) => {
      const socket = {
        url: new URL(url),
        protocols,
        readyState: 1,
        sent: [],
        send: (text) => socket.sent.push(JSON.parse(text)),
        close: () => (socket.closed = true),
      };
      sockets.push(socket);
      return socket;
    },
    ...options,
  });
  client.setSession({ type: 'realtime' });
  client.connect();
  const say = (event) => sockets.at(-1).onmessage({ data: JSON.stringify(event) });
  const sent = () => sockets.at(-1).sent.map((event) => event.type);
  const heard = () => events.map(([type]) => type);
  return { client, sockets, events, states, timers, clock, say, sent, heard };
}

const session = (id) => ({
  type: 'session.created',
  session: { digital_human: { conversation_id: id } },
});

// A client whose session is there, with nothing sent or heard since.
function setUpOpen(options) {
  const made = setUp(options);
  made.say({ ...session('conv_1'), event_id: 'e0' });
  made.sockets[0].sent.length = 0;
  made.events.length = 0;
  made.states.length = 0;
  // Loses the socket and takes the next one.
  made.comeBack = () => {
    made.sockets.at(-1).onclose({});
    made.timers.at(-1).call();
  };
  return made;
}

const audio = (id) => ({ type: 'response.output_audio.delta', response_id: id, delta: '' });
// The answer to the page's request of this number, or to speech.
const created = (id, number = null) => ({
  type: 'response.created',
  response: { id, metadata: number === null ? null : { request: String(number) } },
});
const done = (id, status) => ({ type: 'response.done', response: { id, status } });

test('settings go out as soon as the session is there', () => {
  const { client, sockets, states, say, sent } = setUp();
  assert.equal(client.ask('Too early'), false);
  assert.equal(sockets[0].sent.length, 0);
  say(session('conv_1'));
  assert.deepEqual(sent(), ['session.update']);
  assert.deepEqual(states, [['connecting'], ['open', { resumed: false }]]);
});

test('a question is an item and a request for a response, each with an id of its own', () => {
  const { client, sockets, sent } = setUpOpen();
  assert.equal(client.ask('Hello'), true);
  assert.deepEqual(sent(), ['conversation.item.create', 'response.create']);
  assert.deepEqual(sockets[0].sent[0].item.content, [{ type: 'input_text', text: 'Hello' }]);
  assert.equal(new Set(sockets[0].sent.map((event) => event.event_id)).size, 2);
  assert.equal(client.busy, true);
});

test('without a connection nothing is asked', () => {
  const { client, sockets } = setUpOpen();
  sockets[0].readyState = 0;
  assert.equal(client.ask('Hello'), false);
  assert.equal(client.busy, false);
  assert.equal(sockets[0].sent.length, 0);
});

test('nothing of an interrupted answer is handed on, and the next one is', () => {
  const { client, say, sent, heard } = setUpOpen();
  assert.equal(client.cancel(), false);
  client.ask('One');
  say(created('r1', 1));
  assert.equal(client.cancel(), true);
  assert.equal(client.cancel(), false);
  assert.equal(sent().at(-1), 'response.cancel');
  say(audio('r1'));
  say(done('r1', 'cancelled'));
  client.ask('Two');
  say(created('r2', 2));
  say(audio('r2'));
  say(done('r2', 'completed'));
  assert.equal(client.busy, false);
  assert.deepEqual(heard(), [
    'response.created',
    'response.created',
    'response.output_audio.delta',
    'response.done',
  ]);
});

test('an answer that is given up before it has begun is never heard', () => {
  const { client, say, heard } = setUpOpen();
  client.ask('One');
  client.cancel();
  assert.equal(client.busy, false);
  say(created('r1', 1));
  say(audio('r1'));
  say(done('r1', 'cancelled'));
  assert.deepEqual(heard(), []);
});

test('of two questions in a row the second is answered', () => {
  const { client, say, sent, events } = setUpOpen();
  client.ask('One');
  client.ask('Two');
  assert.deepEqual(sent(), [
    'conversation.item.create',
    'response.create',
    'response.cancel',
    'conversation.item.create',
    'response.create',
  ]);
  say(created('r1', 1));
  say(done('r1', 'cancelled'));
  say(created('r2', 2));
  say(audio('r2'));
  assert.equal(client.busy, true);
  const ids = events
    .filter(([type]) => type.endsWith('delta'))
    .map(([, event]) => event.response_id);
  assert.deepEqual(ids, ['r2']);
});

test('an answer to speech does not pass for the one that was asked for', () => {
  const { client, say, heard } = setUpOpen();
  client.ask('One');
  client.cancel();
  say(created('r1'));
  say(audio('r1'));
  say(done('r1', 'completed'));
  say(created('r2', 1));
  say(audio('r2'));
  assert.deepEqual(heard(), ['response.created', 'response.output_audio.delta', 'response.done']);
});

test('a request that is refused is no longer waited for, and its error is handed on', () => {
  const { client, sockets, say, heard } = setUpOpen();
  client.ask('One');
  say({
    type: 'error',
    error: { event_id: sockets[0].sent[1].event_id, code: 'rate_limit', message: 'no' },
  });
  assert.equal(client.busy, false);
  assert.deepEqual(heard(), ['error']);
});

test('a cancel that crosses the end of its answer is nobody’s mistake', () => {
  const { client, sockets, say, heard } = setUpOpen();
  client.ask('One');
  say(created('r1', 1));
  client.cancel();
  const { event_id } = sockets[0].sent.at(-1);
  say(done('r1', 'completed'));
  say({ type: 'error', error: { event_id, code: 'response_cancel_not_active', message: 'none' } });
  say({ type: 'error', error: { event_id: null, code: 'other', message: 'real' } });
  assert.deepEqual(heard(), ['response.created', 'error']);
});

test('a lost socket is tried again, later each time, for two minutes and then when a person wants', () => {
  const { client, sockets, states, timers, clock } = setUpOpen();
  sockets[0].onopen();
  sockets[0].onclose({});
  assert.deepEqual(states.at(-1), ['lost', { wait: 500, opened: true }]);
  while (states.at(-1)[1].wait !== null) {
    const timer = timers.at(-1);
    clock.ms += timer.wait;
    timer.call();
    sockets.at(-1).onclose({});
  }
  const waits = timers.map((timer) => timer.wait);
  assert.deepEqual(waits.slice(0, 6), [500, 1000, 2000, 4000, 8000, 8000]);
  assert.ok(clock.ms <= 120000 && clock.ms > 110000, `${clock.ms}`);
  assert.deepEqual(states.at(-1), ['lost', { wait: null, opened: false }]);
  const tries = sockets.length;
  client.retryNow();
  assert.equal(sockets.length, tries + 1);
  sockets.at(-1).onclose({});
  assert.notEqual(states.at(-1)[1].wait, null);
});

test('not all pages come back at one moment', () => {
  const waitOf = (random) => {
    const { sockets, timers } = setUpOpen({ random: () => random });
    sockets[0].onclose({});
    return timers[0].wait;
  };
  assert.equal(waitOf(0), 250);
  assert.equal(waitOf(0.5), 375);
});

test('the next socket says which conversation goes on, and after which event', () => {
  const { sockets, say, comeBack } = setUpOpen();
  say({ ...created('r1'), event_id: 'e7' });
  assert.equal(sockets[0].url.searchParams.has('conversation'), false);
  comeBack();
  const { searchParams } = sockets[1].url;
  assert.equal(searchParams.get('model'), 'm');
  assert.equal(searchParams.get('conversation'), 'conv_1');
  assert.equal(searchParams.get('last_event_id'), 'e7');
});

test('what was missed is handed on once, the answer goes on and the settings stay', () => {
  const { client, states, say, sent, heard, comeBack } = setUpOpen();
  client.ask('One');
  say({ ...created('r1', 1), event_id: 'e1' });
  say({ ...audio('r1'), event_id: 'e2' });
  comeBack();
  assert.equal(client.busy, true);
  say({ ...audio('r1'), event_id: 'e2' });
  say({ ...audio('r1'), event_id: 'e3' });
  say({ ...done('r1', 'completed'), event_id: 'e4' });
  assert.deepEqual(states.at(-1), ['open', { resumed: true }]);
  assert.deepEqual(sent(), []);
  assert.deepEqual(heard(), [
    'response.created',
    'response.output_audio.delta',
    'response.output_audio.delta',
    'response.done',
  ]);
  assert.equal(client.busy, false);
});

test('settings that changed meanwhile go out when the connection is back', () => {
  const { client, say, sockets, comeBack } = setUpOpen();
  sockets[0].onclose({});
  client.setSession({ type: 'realtime', instructions: 'x' });
  comeBack();
  say({ ...audio('r1'), event_id: 'e1' });
  assert.equal(sockets.at(-1).sent[0].session.instructions, 'x');
});

test('an answer that was given up without a connection is given up when it is back', () => {
  const { client, sockets, say, sent, heard, comeBack } = setUpOpen();
  client.ask('One');
  say({ ...created('r1', 1), event_id: 'e1' });
  sockets[0].onclose({});
  client.cancel();
  comeBack();
  say({ ...audio('r1'), event_id: 'e2' });
  assert.deepEqual(sent(), ['response.cancel']);
  assert.deepEqual(heard(), ['response.created']);
});

test('a gap begins anew: nothing is waited for, the settings go out, what follows counts', () => {
  const { client, say, sent, heard, comeBack } = setUpOpen();
  client.ask('One');
  say({ ...created('r1', 1), event_id: 'e1' });
  comeBack();
  say({ ...session('conv_1'), event_id: 'f0' });
  say({ type: 'digital_human.resume_gap', event_id: 'f1' });
  assert.equal(client.busy, false);
  assert.deepEqual(sent(), ['session.update']);
  assert.deepEqual(heard().slice(-2), ['session.created', 'digital_human.resume_gap']);
});

test('a server that knows the conversation no more begins a new one', () => {
  const { client, states, sockets, say, sent, comeBack } = setUpOpen();
  client.ask('One');
  comeBack();
  say({ ...session('conv_2'), event_id: 'e0_of_another' });
  assert.deepEqual(states.at(-1), ['open', { resumed: false }]);
  assert.deepEqual(sent(), ['session.update']);
  assert.equal(client.busy, false);
  comeBack();
  assert.equal(sockets.at(-1).url.searchParams.get('conversation'), 'conv_2');
});

test('a question that the broken connection swallowed is no longer waited for', () => {
  const { client, say, comeBack } = setUpOpen();
  client.ask('One');
  comeBack();
  say({ type: 'digital_human.resumed', event_id: 'e1' });
  assert.equal(client.busy, false);
});

test('a key is offered as a subprotocol, and a server that refuses it is not asked again', () => {
  const { client, sockets, states, timers } = setUpOpen({ protocols: () => ['realtime', 'k'] });
  assert.deepEqual(sockets[0].protocols, ['realtime', 'k']);
  sockets[0].onclose({ code: 4401 });
  assert.deepEqual(states, [['refused']]);
  assert.equal(timers.length, 0);
  client.retryNow();
  assert.equal(sockets.length, 2);
});

test('a network that is gone ends the socket at once', () => {
  const { client, sockets, states } = setUpOpen();
  client.dropSocket();
  assert.equal(sockets[0].closed, true);
  assert.equal(states.at(-1)[0], 'lost');
  sockets[0].onclose({});
  assert.equal(states.length, 1);
});

test('what was spoken is committed and answered like what was written', () => {
  const { client, sent } = setUpOpen();
  assert.equal(client.askSpoken(), true);
  assert.deepEqual(sent(), ['input_audio_buffer.commit', 'response.create']);
  assert.equal(client.busy, true);
});

test('nothing more is handed on of an answer that the person talks into, until the next one', () => {
  const { client, say, sent, heard } = setUpOpen();
  say(created('r1'));
  client.drop('r1');
  client.truncate('item_1', 730);
  say(audio('r1'));
  say(done('r1', 'cancelled'));
  say(created('r2'));
  say(audio('r2'));
  assert.deepEqual(sent(), ['conversation.item.truncate']);
  assert.deepEqual(heard(), [
    'response.created',
    'response.created',
    'response.output_audio.delta',
  ]);
});

test('a cut that comes too late is nobody’s mistake', () => {
  const { client, sockets, say, heard } = setUpOpen();
  client.truncate('item_1', 730);
  const { event_id, audio_end_ms, content_index } = sockets[0].sent[0];
  assert.deepEqual([audio_end_ms, content_index], [730, 0]);
  say({ type: 'error', error: { event_id, code: 'item_not_found', message: 'gone' } });
  assert.deepEqual(heard(), []);
});

test('an impatient person need not wait for the next try', () => {
  const { client, sockets, timers } = setUpOpen();
  client.retryNow();
  assert.equal(sockets.length, 1);
  sockets[0].onclose({});
  client.retryNow();
  assert.equal(sockets.length, 2);
  assert.equal(timers[0].forgotten, true);
});

test('what a socket says that is no longer ours is not heard', () => {
  const { sockets, timers, heard } = setUpOpen();
  const [old] = sockets;
  old.onclose({});
  timers[0].call();
  old.onmessage({ data: JSON.stringify(audio('r1')) });
  assert.deepEqual(heard(), []);
});
