import assert from 'node:assert/strict';
import test from 'node:test';
import { RealtimeClient } from '../../web/js/realtime_client.js';

function setUp() {
  const sockets = [];
  const events = [];
  const states = [];
  const timers = [];
  const client = new RealtimeClient('ws://x', {
    on: (type, event) => events.push([type, event]),
    onState: (state) => states.push(state),
    later: (call, wait) => timers.push({ call, wait, forgotten: false }) - 1,
    forget: (timer) => (timers[timer].forgotten = true),
    makeSocket: () => {
      const socket = {
        readyState: 1,
        sent: [],
        send: (text) => socket.sent.push(JSON.parse(text)),
      };
      sockets.push(socket);
      return socket;
    },
  });
  client.setSession({ type: 'realtime' });
  client.connect();
  const say = (event) => sockets.at(-1).onmessage({ data: JSON.stringify(event) });
  const sent = () => sockets.at(-1).sent.map((event) => event.type);
  const heard = () => events.map(([type]) => type);
  return { client, sockets, events, states, timers, say, sent, heard };
}

const audio = (id) => ({ type: 'response.output_audio.delta', response_id: id, delta: '' });
const created = (id) => ({ type: 'response.created', response: { id } });
const done = (id, status) => ({ type: 'response.done', response: { id, status } });

test('settings go out as soon as the session is there', () => {
  const { sockets, states, say, sent } = setUp();
  assert.equal(sockets[0].sent.length, 0);
  say({ type: 'session.created', session: {} });
  assert.deepEqual(sent(), ['session.update']);
  assert.deepEqual(states, ['connecting', 'open']);
});

test('a question is an item and a request for a response, each with an id of its own', () => {
  const { client, sockets, sent } = setUp();
  assert.equal(client.ask('Hello'), true);
  assert.deepEqual(sent(), ['conversation.item.create', 'response.create']);
  assert.deepEqual(sockets[0].sent[0].item.content, [{ type: 'input_text', text: 'Hello' }]);
  assert.equal(new Set(sockets[0].sent.map((event) => event.event_id)).size, 2);
  assert.equal(client.busy, true);
});

test('without a connection nothing is asked', () => {
  const { client, sockets } = setUp();
  sockets[0].readyState = 0;
  assert.equal(client.ask('Hello'), false);
  assert.equal(client.busy, false);
  assert.equal(sockets[0].sent.length, 0);
});

test('nothing of an interrupted answer is handed on, and the next one is', () => {
  const { client, say, sent, heard } = setUp();
  assert.equal(client.cancel(), false);
  client.ask('One');
  say(created('r1'));
  assert.equal(client.cancel(), true);
  assert.equal(client.cancel(), false);
  assert.equal(sent().at(-1), 'response.cancel');
  say(audio('r1'));
  say(done('r1', 'cancelled'));
  client.ask('Two');
  say(created('r2'));
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
  const { client, say, heard } = setUp();
  client.ask('One');
  client.cancel();
  assert.equal(client.busy, false);
  say(created('r1'));
  say(audio('r1'));
  say(done('r1', 'cancelled'));
  assert.deepEqual(heard(), []);
});

test('of two questions in a row the second is answered', () => {
  const { client, say, sent, events } = setUp();
  client.ask('One');
  client.ask('Two');
  assert.deepEqual(sent(), [
    'conversation.item.create',
    'response.create',
    'response.cancel',
    'conversation.item.create',
    'response.create',
  ]);
  say(created('r1'));
  say(done('r1', 'cancelled'));
  say(created('r2'));
  say(audio('r2'));
  assert.equal(client.busy, true);
  const ids = events
    .filter(([type]) => type.endsWith('delta'))
    .map(([, event]) => event.response_id);
  assert.deepEqual(ids, ['r2']);
});

test('a request that is refused is no longer waited for, and its error is handed on', () => {
  const { client, sockets, say, heard } = setUp();
  client.ask('One');
  say({
    type: 'error',
    error: { event_id: sockets[0].sent[1].event_id, code: 'rate_limit', message: 'no' },
  });
  assert.equal(client.busy, false);
  assert.deepEqual(heard(), ['error']);
});

test('a cancel that crosses the end of its answer is nobody’s mistake', () => {
  const { client, sockets, say, heard } = setUp();
  client.ask('One');
  say(created('r1'));
  client.cancel();
  const { event_id } = sockets[0].sent.at(-1);
  say(done('r1', 'completed'));
  say({ type: 'error', error: { event_id, code: 'response_cancel_not_active', message: 'none' } });
  say({ type: 'error', error: { event_id: null, code: 'other', message: 'real' } });
  assert.deepEqual(heard(), ['response.created', 'error']);
});

test('a lost socket is tried again, later each time, and the settings go out anew', () => {
  const { client, sockets, states, timers, say, sent } = setUp();
  say({ type: 'session.created', session: {} });
  client.ask('One');
  sockets[0].onclose();
  assert.equal(client.busy, false);
  assert.equal(sockets.length, 1);
  timers[0].call();
  assert.equal(sockets.length, 2);
  sockets[1].onclose();
  timers[1].call();
  assert.ok(timers[1].wait > timers[0].wait);
  say({ type: 'session.created', session: {} });
  assert.deepEqual(sent(), ['session.update']);
  assert.deepEqual(states, [
    'connecting',
    'open',
    'lost',
    'connecting',
    'lost',
    'connecting',
    'open',
  ]);
});

test('an impatient person need not wait for the next try', () => {
  const { client, sockets, timers } = setUp();
  client.retryNow();
  assert.equal(sockets.length, 1);
  sockets[0].onclose();
  client.retryNow();
  assert.equal(sockets.length, 2);
  assert.equal(timers[0].forgotten, true);
});

test('what a socket says that is no longer ours is not heard', () => {
  const { sockets, timers, heard } = setUp();
  const [old] = sockets;
  old.onclose();
  timers[0].call();
  old.onmessage({ data: JSON.stringify(audio('r1')) });
  assert.deepEqual(heard(), []);
});
