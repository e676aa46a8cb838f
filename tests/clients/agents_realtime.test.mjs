// The npm package `@openai/agents-realtime`: an agent with a tool, over a WebSocket to a given URL.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RealtimeAgent, RealtimeSession, tool } from '@openai/agents-realtime';
import { z } from 'zod';
import {
  answer,
  assertSpoken,
  EventLog,
  key,
  QUESTION,
  server,
  spokenQuestion,
} from './support.mjs';

const url = `wss://${server}/v1/realtime?model=digital-human`;
const SLOW = { audio: { output: { speed: 0.5 } } }; // leaves time to interrupt

const lookedUp = [];
const lookUp = tool({
  name: 'look_up',
  description: 'Looks a word up.',
  parameters: z.object({ word: z.string() }),
  execute: async ({ word }) => {
    lookedUp.push(word);
    return `${word} is a tower with a light.`;
  },
});

/**
 * Runs `talk` with a connected session and the log of what it tells. What the session tells carries
 * no type: { type, args } is made of it. The server's events are told as well, under their types.
 */
function conversation(name, config, talk) {
  test(name, async () => {
    const agent = new RealtimeAgent({
      name: 'Keeper',
      instructions: 'You keep a lighthouse.',
      tools: [lookUp],
    });
    const session = new RealtimeSession(agent, { transport: 'websocket', config });
    const log = new EventLog();
    const told = ['audio', 'audio_interrupted', 'agent_end', 'agent_tool_end', 'history_updated'];
    for (const type of told) session.on(type, (...args) => log.add({ type, args }));
    session.on('error', ({ error }) => log.fail(asError(error)));
    const unread = countUnread(session.transport);
    session.on('transport_event', (event) => log.add(event));
    try {
      await session.connect({ apiKey: key, url });
      await talk(session, log);
      assert.deepEqual(unread(), [], 'events that the client knows by name but could not read');
    } finally {
      session.close();
    }
  });
}

function asError(error) {
  return error instanceof Error ? error : new Error(JSON.stringify(error));
}

/**
 * The client checks every event that it knows and takes one that does not fit for unknown: it tells
 * of it by `*` alone. Gives a function that tells the types of which some were not read.
 */
function countUnread(transport) {
  const raw = new Map();
  transport.on('*', ({ type }) => {
    if (type === 'error' || type.startsWith('digital_human.')) return;
    if (!raw.has(type)) transport.on(type, () => raw.set(type, raw.get(type) - 1));
    raw.set(type, (raw.get(type) ?? 0) + 1);
  });
  return () => [...raw].filter(([, count]) => count > 0).map(([type]) => type);
}

const textsOf = (history) =>
  history
    .filter((item) => item.type === 'message')
    .map(({ role, content: [part] }) => `${role}: ${part?.transcript ?? part?.text ?? ''}`);

conversation('a message is answered with sound and stands in the history', {}, async (session, log) => {
  session.sendMessage('Hello.');
  const end = await log.next('agent_end');
  assert.equal(end.args[2], answer);
  const sound = log.since(0, 'audio').map(({ args: [{ data }] }) => Buffer.from(data));
  assertSpoken(Buffer.concat(sound), answer);
  assert.deepEqual(textsOf(session.history), ['user: Hello.', `assistant: ${answer}`]);
  assert.ok(session.usage.outputTokens > 0);
});

conversation('a tool is executed, and its result answered', {}, async (session, log) => {
  session.sendMessage('/call look_up {"word":"lighthouse"}');
  const result = 'lighthouse is a tower with a light.';
  const tooled = await log.next('agent_tool_end');
  assert.equal(tooled.args[3], result);
  assert.deepEqual(lookedUp, ['lighthouse']);
  await log.next('agent_end', ({ args }) => args[2] === result);
  const call = session.history.find((item) => item.type === 'function_call');
  assert.deepEqual([call.name, call.status, call.output], ['look_up', 'completed', result]);
});

conversation('speech is heard and stands in the history', {}, async (session, log) => {
  for (const piece of spokenQuestion(3)) {
    session.sendAudio(piece.buffer.slice(piece.byteOffset, piece.byteOffset + piece.length));
  }
  const end = await log.next('agent_end');
  assert.equal(end.args[2], answer);
  while (!QUESTION.test(textsOf(session.history)[0])) await log.next('history_updated');
  assert.equal(textsOf(session.history)[1], `assistant: ${answer}`);
});

conversation('speech interrupts an answer', SLOW, async (session, log) => {
  session.sendMessage('Hello.');
  await log.next('audio');
  for (const piece of spokenQuestion(3)) {
    session.sendAudio(piece.buffer.slice(piece.byteOffset, piece.byteOffset + piece.length));
  }
  await log.next('audio_interrupted');
  const done = await log.next('response.done');
  assert.equal(done.response.status, 'cancelled');
  await log.next('conversation.item.truncated');
});

conversation('the application interrupts an answer', SLOW, async (session, log) => {
  session.sendMessage('Hello.');
  await log.next('audio');
  session.interrupt();
  await log.next('audio_interrupted');
  const done = await log.next('response.done');
  assert.equal(done.response.status, 'cancelled');
  await log.next('conversation.item.truncated');
  session.sendMessage('Go on.', {});
  await log.next('response.created');
});

test('a wrong key is refused', async () => {
  const session = new RealtimeSession(new RealtimeAgent({ name: 'Keeper' }), {
    transport: 'websocket',
  });
  session.on('error', () => {});
  const refused = session.connect({ apiKey: 'a-key-that-is-not-known', url });
  await assert.rejects(refused, ({ message }) => /401/.test(message));
});
