import assert from 'node:assert/strict';
import test from 'node:test';
import { decodePcm16 } from '../../web/js/pcm.js';
import { RealtimeClient } from '../../web/js/realtime_client.js';

function setUp(later) {
  const sockets = [];
  const events = [];
  const states = [];
  const client = new RealtimeClient('ws://x', {
    on: (type, event) => events.push([type, event]),
    onState: (state) => states.push(state),
    later,
    makeSocket: () => {
      const socket = { readyState: 1, sent: [], send: (text) => socket.sent.push(JSON.parse(text)) };
      sockets.push(socket);
      return socket;
    },
  });
  client.setSession({ type: 'realtime' });
  client.connect();
  const say = (event) => sockets.at(-1).onmessage({ data: JSON.stringify(event) });
  return { client, sockets, events, states, say };
}

test('settings go out as soon as the session is there', () => {
  const { sockets, states, say } = setUp();
  assert.equal(sockets[0].sent.length, 0);
  say({ type: 'session.created', session: {} });
  assert.equal(sockets[0].sent[0].type, 'session.update');
  assert.deepEqual(states, ['connecting', 'open']);
});

test('a question is an item and a request for a response', () => {
  const { client, sockets } = setUp();
  client.ask('Hello');
  assert.deepEqual(sockets[0].sent.map((event) => event.type), ['conversation.item.create', 'response.create']);
  assert.equal(sockets[0].sent[0].item.content[0].text, 'Hello');
});

test('what an interrupted answer still sends is not handed on, its end is', () => {
  const { client, sockets, events, say } = setUp();
  assert.equal(client.interrupt(), false);
  say({ type: 'response.created', response: { id: 'r1' } });
  assert.equal(client.answering, true);
  assert.equal(client.interrupt(), true);
  assert.equal(client.interrupt(), false);
  assert.equal(sockets[0].sent.at(-1).type, 'response.cancel');
  say({ type: 'response.output_audio.delta', response_id: 'r1', delta: '' });
  say({ type: 'response.done', response: { id: 'r1', status: 'cancelled' } });
  say({ type: 'response.created', response: { id: 'r2' } });
  say({ type: 'response.output_audio.delta', response_id: 'r2', delta: '' });
  assert.deepEqual(events.map(([type]) => type),
    ['response.created', 'interrupted', 'response.created', 'response.output_audio.delta']);
});

test('an interruption before the answer has begun takes effect when it begins', () => {
  const { client, sockets, events, say } = setUp();
  client.ask('Hello');
  assert.equal(client.interrupt(), true);
  assert.equal(client.interrupt(), false);
  say({ type: 'response.created', response: { id: 'r1' } });
  assert.equal(sockets[0].sent.at(-1).type, 'response.cancel');
  say({ type: 'response.output_audio.delta', response_id: 'r1', delta: '' });
  say({ type: 'response.done', response: { id: 'r1', status: 'cancelled' } });
  assert.deepEqual(events.map(([type]) => type), ['interrupted']);
});

test('a second question waits until the first answer has ended', () => {
  const { client, sockets, say } = setUp();
  client.ask('One');
  client.ask('Two');
  client.interrupt();
  assert.equal(sockets[0].sent.length, 2);
  say({ type: 'response.created', response: { id: 'r1' } });
  say({ type: 'response.done', response: { id: 'r1', status: 'cancelled' } });
  assert.equal(sockets[0].sent.at(-1).type, 'response.create');
  assert.equal(sockets[0].sent.at(-2).item.content[0].text, 'Two');
});

test('a lost socket is tried again, later each time, and the settings go out anew', () => {
  const timers = [];
  const { sockets, states, say } = setUp((callback, wait) => timers.push({ callback, wait }));
  say({ type: 'session.created', session: {} });
  sockets[0].onclose({ reason: '' });
  assert.equal(sockets.length, 1);
  timers[0].callback();
  assert.equal(sockets.length, 2);
  sockets[1].onclose({ reason: '' });
  timers[1].callback();
  assert.ok(timers[1].wait > timers[0].wait);
  say({ type: 'session.created', session: {} });
  assert.equal(sockets[2].sent[0].type, 'session.update');
  assert.deepEqual(states, ['connecting', 'open', 'lost', 'connecting', 'lost', 'connecting', 'open']);
});

test('sixteen-bit samples become floats', () => {
  const bytes = Buffer.from([0, 0, 0xff, 0x7f, 0, 0x80, 0, 0xc0]).toString('base64');
  assert.deepEqual([...decodePcm16(bytes)], [0, 32767 / 32768, -1, -0.5]);
});
