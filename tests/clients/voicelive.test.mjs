// The npm package `@azure/ai-voicelive`: speech with the face's blendshapes, visemes and word times.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AzureKeyCredential } from '@azure/core-auth';
import { VoiceLiveClient } from '@azure/ai-voicelive';
import {
  answer,
  assertSpoken,
  EventLog,
  key,
  QUESTION,
  SAMPLE_RATE,
  server,
  spokenQuestion,
} from './support.mjs';

const FRAMES_PER_SECOND = 30;
const FRAMES_AT_REST_MAX = 15; // after the sound's end
const WEIGHTS = 52;
const VISEME_MAX = 21;
const ALL_OF_IT = {
  modalities: ['text', 'audio', 'animation'],
  animation: { modelName: 'default', outputs: ['blendshapes', 'viseme_id'] },
  outputAudioTimestampTypes: ['word'],
};

const start = (log, apiKey = key) =>
  new VoiceLiveClient(`http://${server}`, new AzureKeyCredential(apiKey)).startSession(
    'digital-human',
    {
      sessionHandlers: {
        onServerEvent: async (event) => log.add(event),
        onError: async ({ error }) => log.fail(error),
      },
    },
  );

/** Runs `talk` with an open session and the log of the events, as the client reads them. */
function conversation(name, settings, talk) {
  test(name, async () => {
    const log = new EventLog();
    const session = await start(log);
    try {
      await log.next('session.created');
      await session.updateSession(settings);
      const { session: set } = await log.next('session.updated');
      await talk(session, log, set);
    } finally {
      await session.dispose();
    }
  });
}

const say = (session, text) =>
  session.addConversationItem({
    type: 'message',
    role: 'user',
    content: [{ type: 'input_text', text }],
  });

/** Waits for the end of the next answer and gives the deltas of a kind. */
async function answerOf(log) {
  const mark = log.mark();
  const { response } = await log.next('response.created');
  const done = await log.next('response.done');
  assert.equal(done.response.id, response.id);
  return {
    response: done.response,
    deltas: (kind) => log.since(mark, `response.${kind}.delta`),
    count: (type) => log.since(mark, type).length,
  };
}

const soundOf = (deltas) => Buffer.concat(deltas.map(({ delta }) => Buffer.from(delta)));

function assertFace(deltas, seconds) {
  const spoken = Math.floor(seconds * FRAMES_PER_SECOND);
  let frames = 0;
  const widest = new Array(WEIGHTS).fill(0);
  for (const delta of deltas) {
    assert.equal(delta.frameIndex, frames);
    for (const frame of delta.frames) {
      assert.equal(frame.length, WEIGHTS);
      for (const [i, weight] of frame.entries()) {
        assert.ok(weight >= 0 && weight <= 1, `a weight is ${weight}`);
        widest[i] = Math.max(widest[i], weight);
      }
    }
    frames += delta.frames.length;
  }
  assert.ok(frames >= spoken && frames <= spoken + FRAMES_AT_REST_MAX, `${frames} for ${spoken}`);
  assert.ok(widest.some((weight) => weight > 0.3), 'the face moves');
}

function assertVisemes(deltas, ms) {
  let last = 0;
  for (const { visemeId, audioOffsetInMs } of deltas) {
    assert.ok(Number.isInteger(visemeId) && visemeId >= 0 && visemeId <= VISEME_MAX, visemeId);
    assert.ok(audioOffsetInMs >= last && audioOffsetInMs <= ms, `at ${audioOffsetInMs} of ${ms} ms`);
    last = audioOffsetInMs;
  }
  const shapes = new Set(deltas.map(({ visemeId }) => visemeId));
  assert.ok(shapes.size > 5, `${shapes.size} shapes of the mouth`);
}

function assertWords(deltas, ms) {
  const bare = (text) => text.toLowerCase().replaceAll(/[^a-z ]/g, '');
  assert.deepEqual(deltas.map(({ text }) => bare(text)), bare(answer).split(' '));
  let end = 0;
  for (const { audioOffsetInMs, audioDurationInMs, timestampType } of deltas) {
    assert.equal(timestampType, 'word');
    assert.ok(audioOffsetInMs >= end, 'one word after the other');
    assert.ok(audioDurationInMs > 0);
    end = audioOffsetInMs + audioDurationInMs;
  }
  assert.ok(end <= ms, `the last word ends at ${end} of ${ms} ms`);
}

conversation('an answer has sound, face, visemes and word times', ALL_OF_IT, async (session, log, set) => {
  assert.deepEqual([...set.modalities].sort(), ['animation', 'audio', 'text']);
  assert.deepEqual(set.animation.outputs, ['blendshapes', 'viseme_id']);
  assert.deepEqual(set.outputAudioTimestampTypes, ['word']);
  await say(session, 'Hello.');
  await session.sendEvent({ type: 'response.create' });
  const { response, deltas, count } = await answerOf(log);
  assert.equal(response.status, 'completed');
  assert.deepEqual(response.output[0].content, [{ type: 'audio', transcript: answer }]);

  const sound = soundOf(deltas('audio'));
  assertSpoken(sound, answer);
  const words = deltas('audio_transcript').map(({ delta }) => delta);
  assert.equal(words.join('').trim(), answer);
  const seconds = sound.length / 2 / SAMPLE_RATE;
  assertFace(deltas('animation_blendshapes'), seconds);
  assertVisemes(deltas('animation_viseme'), 1_000 * seconds);
  assertWords(deltas('audio_timestamp'), 1_000 * seconds);
  for (const kind of ['animation_blendshapes', 'animation_viseme', 'audio_timestamp', 'audio']) {
    assert.equal(count(`response.${kind}.done`), 1, kind);
  }
  assert.equal(count('session.avatar.switch_to_speaking'), 1);
  assert.equal(count('session.avatar.switch_to_idle'), 1);
});

const PLAIN = {
  modalities: ['text', 'audio'],
  instructions: 'You are a helpful AI assistant. Respond naturally and conversationally.',
  voice: { type: 'azure-standard', name: 'en-US-AvaNeural' },
  turnDetection: {
    type: 'server_vad',
    threshold: 0.5,
    prefixPaddingInMs: 300,
    silenceDurationInMs: 500,
  },
  inputAudioTranscription: { model: 'azure-speech' },
  inputAudioFormat: 'pcm16',
  outputAudioFormat: 'pcm16',
};

conversation('speech is heard and answered; what was not asked for stays out', PLAIN, async (session, log, set) => {
  assert.equal(set.instructions, PLAIN.instructions);
  assert.equal(set.turnDetection.type, 'server_vad');
  for (const piece of spokenQuestion()) await session.sendAudio(piece);
  const { itemId } = await log.next('input_audio_buffer.speech_started');
  await log.next('input_audio_buffer.speech_stopped');
  assert.equal((await log.next('input_audio_buffer.committed')).itemId, itemId);
  const { item } = await log.next('conversation.item.created');
  assert.deepEqual([item.id, item.role], [itemId, 'user']);
  const { response, deltas, count } = await answerOf(log);
  assert.deepEqual(response.output[0].content, [{ type: 'audio', transcript: answer }]);
  assertSpoken(soundOf(deltas('audio')), answer);
  assert.equal(count('response.animation_blendshapes.delta'), 0);
  assert.equal(count('response.animation_viseme.delta'), 0);
  const [heard] = log.since(0, 'conversation.item.input_audio_transcription.completed');
  assert.equal(heard.itemId, itemId);
  assert.match(heard.transcript, QUESTION);
});

const SEMANTIC = {
  ...PLAIN,
  turnDetection: {
    type: 'azure_semantic_vad',
    silenceDurationInMs: 500,
    removeFillerWords: false,
    interruptResponse: true,
  },
  inputAudioNoiseReduction: { type: 'azure_deep_noise_suppression' },
  inputAudioEchoCancellation: { type: 'server_echo_cancellation' },
};

conversation('what Azure alone has is taken', SEMANTIC, async (session, log) => {
  await say(session, 'Hello.');
  await session.sendEvent({ type: 'response.create', response: { modalities: ['text'] } });
  const { response, deltas } = await answerOf(log);
  const [content] = response.output[0].content;
  assert.deepEqual([content.type, content.text.trim()], ['text', answer]);
  assert.equal(deltas('text').map(({ delta }) => delta).join('').trim(), answer);
});

const TOOLS = {
  modalities: ['audio', 'text'],
  tools: [
    {
      type: 'function',
      name: 'look_up',
      description: 'Looks a word up.',
      parameters: { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] },
    },
  ],
  toolChoice: 'auto',
};

conversation('a function is called, and its output answered', TOOLS, async (session, log) => {
  await say(session, '/call look_up {"word": "lighthouse"}');
  await session.sendEvent({ type: 'response.create' });
  const { callId, name, arguments: given } = await log.next('response.function_call_arguments.done');
  assert.equal(name, 'look_up');
  assert.deepEqual(JSON.parse(given), { word: 'lighthouse' });
  assert.equal((await log.next('response.done')).response.output[0].callId, callId);
  const output = 'a tower with a light.';
  await session.addConversationItem({ type: 'function_call_output', callId, output });
  await session.sendEvent({ type: 'response.create' });
  const { response } = await answerOf(log);
  assert.deepEqual(response.output[0].content, [{ type: 'audio', transcript: output }]);
});

conversation('an answer is cancelled and cut; an error names its event', ALL_OF_IT, async (session, log) => {
  await say(session, 'Hello.');
  await session.sendEvent({ type: 'response.create' });
  const { itemId } = await log.next('response.audio.delta');
  await session.sendEvent({ type: 'response.cancel' });
  assert.equal((await log.next('response.done')).response.status, 'cancelled');
  await session.sendEvent({
    type: 'conversation.item.truncate',
    itemId,
    contentIndex: 0,
    audioEndInMs: 100,
  });
  assert.equal((await log.next('conversation.item.truncated')).audioEndInMs, 100);
  await session.sendEvent({ type: 'conversation.item.delete', itemId: 'item_no', eventId: 'first' });
  const { error } = await log.next('error');
  assert.deepEqual([error.code, error.eventId], ['item_delete_invalid_item_id', 'first']);
});

conversation('texts and turns of sound in pieces are taken, a video avatar is not', ALL_OF_IT, async (session, log) => {
  await session.sendEvent({ type: 'input_text.delta', id: 'item_typed', delta: 'Hello' });
  await session.sendEvent({ type: 'input_text.delta', id: 'item_typed', delta: ' you.' });
  await session.sendEvent({ type: 'input_text.done', id: 'item_typed' });
  const { item } = await log.next('conversation.item.created');
  assert.equal(item.id, 'item_typed');
  assert.equal(item.content[0].text, 'Hello you.');
  const audio = Buffer.alloc(SAMPLE_RATE).toString('base64'); // half a second of silence
  await session.sendEvent({ type: 'input_audio.turn.start', turnId: 'one' });
  await session.sendEvent({ type: 'input_audio.turn.append', turnId: 'one', audio });
  await session.sendEvent({ type: 'input_audio.turn.cancel', turnId: 'one' });
  await log.next('input_audio_buffer.cleared');
  await session.sendEvent({ type: 'session.avatar.connect', clientSdp: 'v=0', eventId: 'video' });
  const { error } = await log.next('error');
  assert.deepEqual([error.code, error.eventId], ['unsupported_value', 'video']);
  assert.match(error.message, /blendshapes/);
});

test('a wrong key is refused', async () => {
  await assert.rejects(start(new EventLog(), 'a-key-that-is-not-known'), /401/);
});
