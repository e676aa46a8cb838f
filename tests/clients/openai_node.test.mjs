// The npm package `openai`: its Realtime client over wss, as its documentation shows it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import {
  answer,
  assertSpoken,
  EventLog,
  key,
  QUESTION,
  server,
  spokenQuestion,
} from './support.mjs';

const LOOK_UP = {
  type: 'function',
  name: 'look_up',
  description: 'Looks a word up.',
  parameters: { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] },
};
const SLOW = { type: 'realtime', audio: { output: { speed: 0.5 } } }; // leaves time to interrupt

const client = (apiKey = key) => new OpenAI({ apiKey, baseURL: `https://${server}/v1` });

/** Runs `talk` with an open connection and the log of its events. */
function conversation(name, talk) {
  test(name, async () => {
    const rt = new OpenAIRealtimeWS({ model: 'digital-human' }, client());
    const log = new EventLog();
    rt.on('event', (event) => log.add(event));
    rt.on('error', (error) => error.error ?? log.fail(error)); // the server's own are events too
    rt.socket.on('close', (code) => log.fail(new Error(`the connection was closed: ${code}`)));
    try {
      await log.next('session.created');
      await talk(rt, log);
    } finally {
      rt.close();
    }
  });
}

function say(rt, text) {
  rt.send({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
  });
}

async function update(rt, log, session) {
  rt.send({ type: 'session.update', session });
  return (await log.next('session.updated')).session;
}

function speak(rt, pieces) {
  for (const piece of pieces) {
    rt.send({ type: 'input_audio_buffer.append', audio: piece.toString('base64') });
  }
}

const soundOf = (deltas) => Buffer.concat(deltas.map(({ delta }) => Buffer.from(delta, 'base64')));
const textOf = (deltas) => deltas.map(({ delta }) => delta).join('');

/** The answer that comes next, from its begin to its end. */
async function answerOf(log) {
  const mark = log.mark();
  const { response } = await log.next('response.created');
  const done = await log.next('response.done');
  assert.equal(done.response.id, response.id);
  return { mark, response: done.response };
}

conversation('a session takes settings and tells them', async (rt, log) => {
  const session = await update(rt, log, {
    type: 'realtime',
    instructions: 'Be brief.',
    output_modalities: ['audio'],
    max_output_tokens: 100,
    tools: [LOOK_UP],
    tool_choice: 'auto',
    audio: {
      input: {
        format: { type: 'audio/pcm', rate: 24000 },
        transcription: { model: 'gpt-4o-mini-transcribe', language: 'en' },
        noise_reduction: { type: 'near_field' },
        turn_detection: { type: 'semantic_vad', eagerness: 'high' },
      },
      output: { format: { type: 'audio/pcm', rate: 24000 }, voice: 'marin', speed: 1.25 },
    },
  });
  assert.equal(session.type, 'realtime');
  assert.equal(session.instructions, 'Be brief.');
  assert.deepEqual(session.output_modalities, ['audio']);
  assert.equal(session.max_output_tokens, 100);
  assert.equal(session.audio.output.speed, 1.25);
  assert.deepEqual(session.tools, [LOOK_UP]);
  assert.equal(session.audio.input.turn_detection.type, 'semantic_vad');
  assert.equal(session.audio.input.turn_detection.eagerness, 'high');
  assert.equal(session.audio.input.transcription.language, 'en');
});

conversation('a text is answered with speech and its transcript', async (rt, log) => {
  const begin = log.mark();
  say(rt, 'Hello.');
  rt.send({ type: 'response.create' });
  const asked = await log.next('conversation.item.done');
  assert.deepEqual(asked.item.content, [{ type: 'input_text', text: 'Hello.' }]);
  const { mark, response } = await answerOf(log);

  const [item] = response.output;
  assert.equal(response.status, 'completed');
  assert.equal(response.output.length, 1);
  assert.equal(item.role, 'assistant');
  assert.deepEqual(item.content, [{ type: 'output_audio', transcript: answer }]);
  assert.equal(
    response.usage.total_tokens,
    response.usage.input_tokens + response.usage.output_tokens,
  );
  assert.ok(response.usage.output_tokens > 0);

  const sound = log.since(mark, 'response.output_audio.delta');
  const words = log.since(mark, 'response.output_audio_transcript.delta');
  for (const delta of [...sound, ...words]) {
    assert.equal(delta.response_id, response.id);
    assert.equal(delta.item_id, item.id);
    assert.deepEqual([delta.output_index, delta.content_index], [0, 0]);
  }
  assert.ok(sound.length > 1);
  assertSpoken(soundOf(sound), answer);
  assert.equal(textOf(words).trim(), answer);

  const order = log
    .since(mark)
    .map((event) => event.type)
    .filter((type) => !type.endsWith('.delta') && !type.startsWith('rate_limits'))
    .filter((type) => !type.startsWith('digital_human.')); // our own, beside the protocol's
  assert.deepEqual(order, [
    'response.created',
    'response.output_item.added',
    'conversation.item.added',
    'response.content_part.added',
    'response.output_audio_transcript.done',
    'response.output_audio.done',
    'response.content_part.done',
    'response.output_item.done',
    'conversation.item.done',
    'response.done',
  ]);
  const added = log.since(begin, 'conversation.item.added');
  assert.equal(added[1].previous_item_id, asked.item.id);
});

conversation('a text is answered with text alone if that is wanted', async (rt, log) => {
  say(rt, 'Hello.');
  rt.send({ type: 'response.create', response: { output_modalities: ['text'] } });
  const { mark, response } = await answerOf(log);
  const [content] = response.output[0].content;
  assert.deepEqual([content.type, content.text.trim()], ['output_text', answer]);
  assert.equal(textOf(log.since(mark, 'response.output_text.delta')).trim(), answer);
  assert.equal(log.since(mark, 'response.output_audio.delta').length, 0);
});

conversation('the sound can be had as for a telephone', async (rt, log) => {
  await update(rt, log, { type: 'realtime', audio: { output: { format: { type: 'audio/pcmu' } } } });
  say(rt, 'Hello.');
  rt.send({ type: 'response.create' });
  const { mark } = await answerOf(log);
  const seconds = soundOf(log.since(mark, 'response.output_audio.delta')).length / 8_000;
  assert.ok(seconds > 1 && seconds < 10, `${seconds} s`);
});

conversation('speech is heard, written down and answered', async (rt, log) => {
  await update(rt, log, {
    type: 'realtime',
    audio: {
      input: {
        transcription: { model: 'whisper-1' },
        turn_detection: { type: 'server_vad', silence_duration_ms: 500 },
      },
    },
  });
  speak(rt, spokenQuestion());
  const started = await log.next('input_audio_buffer.speech_started');
  const stopped = await log.next('input_audio_buffer.speech_stopped');
  assert.ok(stopped.audio_end_ms > started.audio_start_ms + 300);
  const committed = await log.next('input_audio_buffer.committed');
  assert.deepEqual([stopped.item_id, committed.item_id], [started.item_id, started.item_id]);
  const { item } = await log.next('conversation.item.added');
  assert.equal(item.id, started.item_id);
  assert.equal(item.role, 'user');
  assert.equal(item.content[0].type, 'input_audio');
  const mark = log.mark();
  const { response } = await answerOf(log);
  assert.deepEqual(response.output[0].content, [{ type: 'output_audio', transcript: answer }]);
  const transcripts = log.since(
    mark,
    'conversation.item.input_audio_transcription.completed',
  );
  assert.equal(transcripts.length, 1);
  assert.equal(transcripts[0].item_id, started.item_id);
  assert.match(transcripts[0].transcript, QUESTION);
});

conversation('without turn detection the client says when', async (rt, log) => {
  await update(rt, log, {
    type: 'realtime',
    audio: { input: { transcription: { model: 'whisper-1' }, turn_detection: null } },
  });
  const pieces = spokenQuestion(0.3);
  speak(rt, pieces);
  rt.send({ type: 'input_audio_buffer.clear' });
  await log.next('input_audio_buffer.cleared');
  rt.send({ type: 'input_audio_buffer.commit', event_id: 'nothing' });
  const { error } = await log.next('error');
  assert.deepEqual([error.code, error.event_id], ['input_audio_buffer_commit_empty', 'nothing']);

  const mark = log.mark();
  speak(rt, pieces);
  rt.send({ type: 'input_audio_buffer.commit' });
  const { item_id } = await log.next('input_audio_buffer.committed');
  const heard = await log.next('conversation.item.input_audio_transcription.completed');
  assert.equal(heard.item_id, item_id);
  assert.match(heard.transcript, QUESTION);
  assert.equal(log.since(mark, 'input_audio_buffer.speech_started').length, 0);
  rt.send({ type: 'conversation.item.retrieve', item_id });
  const { item } = await log.next('conversation.item.retrieved');
  assert.match(item.content[0].transcript, QUESTION);
  assert.equal(log.since(mark, 'response.created').length, 0, 'it was not asked for');
  rt.send({ type: 'response.create' });
  assert.equal((await answerOf(log)).response.status, 'completed');
});

conversation('an answer can be cancelled and cut to what was heard', async (rt, log) => {
  await update(rt, log, SLOW);
  say(rt, 'Hello.');
  rt.send({ type: 'response.create' });
  const { response } = await log.next('response.created');
  const { item_id } = await log.next('response.output_audio.delta');
  rt.send({ type: 'response.cancel', response_id: response.id });
  const done = await log.next('response.done');
  assert.equal(done.response.id, response.id);
  assert.equal(done.response.status, 'cancelled');
  assert.equal(done.response.status_details.reason, 'client_cancelled');

  rt.send({
    type: 'conversation.item.truncate',
    item_id,
    content_index: 0,
    audio_end_ms: 100,
  });
  const truncated = await log.next('conversation.item.truncated');
  assert.deepEqual([truncated.item_id, truncated.audio_end_ms], [item_id, 100]);
  rt.send({ type: 'conversation.item.retrieve', item_id });
  const { item } = await log.next('conversation.item.retrieved');
  assert.equal(item.status, 'incomplete');
  const said = item.content[0]?.transcript ?? '';
  assert.ok(said.length < 'every lighthouse'.length, said);
});

conversation('speech interrupts an answer', async (rt, log) => {
  await update(rt, log, {
    ...SLOW,
    audio: {
      ...SLOW.audio,
      input: { turn_detection: { type: 'server_vad', interrupt_response: true } },
    },
  });
  say(rt, 'Hello.');
  rt.send({ type: 'response.create' });
  const { response } = await log.next('response.created');
  await log.next('response.output_audio.delta');
  speak(rt, spokenQuestion());
  await log.next('input_audio_buffer.speech_started');
  const done = await log.next('response.done');
  assert.equal(done.response.id, response.id);
  assert.equal(done.response.status, 'cancelled');
  assert.equal(done.response.status_details.reason, 'turn_detected');
  assert.notEqual((await log.next('response.created')).response.id, response.id);
});

conversation('items are created, found and deleted', async (rt, log) => {
  const create = (id, text, previous_item_id) =>
    rt.send({
      type: 'conversation.item.create',
      previous_item_id,
      item: { id, type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
    });
  create('item_one', 'One.');
  create('item_two', 'Two.', 'item_one');
  create('item_between', 'Between.', 'item_one');
  const added = [];
  for (let i = 0; i < 3; ++i) added.push(await log.next('conversation.item.added'));
  assert.deepEqual(
    added.map(({ item, previous_item_id }) => [item.id, previous_item_id]),
    [['item_one', null], ['item_two', 'item_one'], ['item_between', 'item_one']],
  );
  rt.send({ type: 'conversation.item.retrieve', item_id: 'item_between' });
  const { item } = await log.next('conversation.item.retrieved');
  assert.deepEqual(item.content, [{ type: 'input_text', text: 'Between.' }]);
  rt.send({ type: 'conversation.item.delete', item_id: 'item_between' });
  assert.equal((await log.next('conversation.item.deleted')).item_id, 'item_between');
  rt.send({ type: 'conversation.item.retrieve', item_id: 'item_between', event_id: 'gone' });
  const { error } = await log.next('error');
  assert.equal(error.type, 'invalid_request_error');
  assert.deepEqual([error.code, error.event_id], ['item_retrieve_invalid_item_id', 'gone']);
});

conversation('a function is called, and its output answered', async (rt, log) => {
  await update(rt, log, { type: 'realtime', tools: [LOOK_UP], tool_choice: 'auto' });
  const wanted = { word: 'lighthouse', exactly: true };
  say(rt, `/call look_up ${JSON.stringify(wanted)}`);
  rt.send({ type: 'response.create' });
  const { mark, response } = await answerOf(log);
  const [call] = response.output;
  assert.deepEqual([call.type, call.name, call.status], ['function_call', 'look_up', 'completed']);
  assert.deepEqual(JSON.parse(call.arguments), wanted);
  const pieces = log.since(mark, 'response.function_call_arguments.delta');
  assert.ok(pieces.length > 1);
  assert.equal(textOf(pieces), call.arguments);
  const [whole] = log.since(mark, 'response.function_call_arguments.done');
  assert.deepEqual(
    [whole.arguments, whole.call_id, whole.name, whole.item_id],
    [call.arguments, call.call_id, 'look_up', call.id],
  );

  const output = 'a tower with a light.';
  rt.send({
    type: 'conversation.item.create',
    item: { type: 'function_call_output', call_id: call.call_id, output },
  });
  rt.send({ type: 'response.create' });
  const followed = await answerOf(log);
  assert.deepEqual(followed.response.output[0].content, [
    { type: 'output_audio', transcript: output },
  ]);
});

conversation('an answer beside the conversation leaves nothing in it', async (rt, log) => {
  rt.send({
    type: 'response.create',
    response: {
      conversation: 'none',
      metadata: { topic: 'classification' },
      output_modalities: ['text'],
      instructions: 'Say what this is about.',
      input: [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'A tower.' }] },
      ],
    },
  });
  const { mark, response } = await answerOf(log);
  assert.deepEqual(response.metadata, { topic: 'classification' });
  assert.equal(response.conversation_id, null);
  assert.equal(response.output[0].content[0].text.trim(), answer);
  assert.equal(log.since(mark, 'conversation.item.added').length, 0);
  rt.send({ type: 'conversation.item.retrieve', item_id: response.output[0].id });
  assert.equal((await log.next('error')).error.code, 'item_retrieve_invalid_item_id');
});

conversation('what is wrong is named, and the connection lives on', async (rt, log) => {
  rt.send({ type: 'conversation.item.delete', item_id: 'item_unknown', event_id: 'first' });
  const unknown = (await log.next('error')).error;
  assert.equal(unknown.type, 'invalid_request_error');
  assert.deepEqual([unknown.code, unknown.event_id], ['item_delete_invalid_item_id', 'first']);
  rt.send({
    type: 'session.update',
    event_id: 'second',
    session: { type: 'realtime', output_modalities: ['smell'] },
  });
  const wrong = (await log.next('error')).error;
  assert.equal(wrong.event_id, 'second');
  assert.match(wrong.param, /^session\.output_modalities/);
  rt.send({ type: 'response.cancel', event_id: 'third' });
  const idle = (await log.next('error')).error;
  assert.deepEqual([idle.code, idle.event_id], ['response_cancel_not_active', 'third']);
  say(rt, 'Hello.');
  rt.send({ type: 'response.create', response: { output_modalities: ['text'] } });
  rt.send({ type: 'response.create', event_id: 'fourth' });
  const busy = (await log.next('error')).error;
  assert.deepEqual(
    [busy.code, busy.event_id],
    ['conversation_already_has_active_response', 'fourth'],
  );
  const { response } = await log.next('response.done');
  assert.equal(response.status, 'completed', JSON.stringify(response.status_details));
});

test('a wrong key is refused', async () => {
  const rt = new OpenAIRealtimeWS({ model: 'digital-human' }, client('a-key-that-is-not-known'));
  const error = await new Promise((resolve, reject) => {
    rt.on('error', resolve);
    rt.socket.on('open', () => reject(new Error('it was let in')));
  });
  assert.match(error.message, /401/);
});
