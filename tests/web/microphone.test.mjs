import assert from 'node:assert/strict';
import test from 'node:test';
import { chosenEntry, deviceEntries } from '../../web/js/devices.js';
import { constraints, Microphone, MICROPHONE_MESSAGES } from '../../web/js/microphone.js';

const problem = (name) => Object.assign(new Error(name), { name });

function fakeStream() {
  const track = { onended: null, stopped: false, stop: () => (track.stopped = true) };
  return { track, getTracks: () => [track], getAudioTracks: () => [track] };
}

// `answers` are what getUserMedia gives one after the other: a stream or an Error.
function setUp(...answers) {
  const made = { states: [], chunks: [], notices: [], asked: [], graphs: [] };
  made.microphone = new Microphone({
    devices: {
      getUserMedia: async (wanted) => {
        made.asked.push(wanted.audio.deviceId?.exact ?? '');
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    openGraph: async (stream, onMessage) => {
      const graph = {
        onMessage,
        closed: false,
        flush: () => onMessage({ flushed: true }),
        wake() {},
        close: () => (graph.closed = true),
      };
      made.graphs.push(graph);
      return graph;
    },
    onState: (state) => made.states.push(state),
    onChunk: (chunk) => made.chunks.push(chunk),
    onNotice: (text) => made.notices.push(text),
  });
  return made;
}

test('the browser is asked to cancel echo and noise, to even the level, and for one channel', () => {
  assert.deepEqual(constraints('').audio, {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    channelCount: 1,
  });
  assert.deepEqual(constraints('a').audio.deviceId, { exact: 'a' });
});

test('a microphone that is allowed is on, and what it hears is handed on', async () => {
  const { microphone, states, chunks, graphs } = setUp(fakeStream());
  await microphone.start();
  assert.deepEqual(states, ['asking', 'on']);
  graphs[0].onMessage({ db: -20 });
  assert.deepEqual(chunks, [{ db: -20 }]);
});

test('why there is no microphone is told apart', async () => {
  for (const [name, state] of [
    ['NotAllowedError', 'denied'],
    ['SecurityError', 'denied'],
    ['NotFoundError', 'none'],
    ['NotReadableError', 'failed'],
  ]) {
    const { microphone } = setUp(problem(name));
    await microphone.start();
    assert.equal(microphone.state, state);
    assert.ok(MICROPHONE_MESSAGES[state]);
  }
});

test('a page that is not secure has no microphone', async () => {
  const { microphone } = setUp();
  microphone.devices = undefined;
  await microphone.start();
  assert.equal(microphone.state, 'insecure');
});

test('a permission that is given later makes the button ready again', async () => {
  const { microphone } = setUp(problem('NotAllowedError'));
  await microphone.start();
  microphone.permissionChanged('denied');
  assert.equal(microphone.state, 'denied');
  microphone.permissionChanged('prompt');
  assert.equal(microphone.state, 'off');
});

test('a chosen microphone that is not there gives way to the default one', async () => {
  const { microphone, asked, notices } = setUp(problem('OverconstrainedError'), fakeStream());
  await microphone.start('headset');
  assert.deepEqual(asked, ['headset', '']);
  assert.equal(microphone.state, 'on');
  assert.deepEqual(notices, [MICROPHONE_MESSAGES.missing]);
});

test('a refusal for a chosen microphone is not asked again for the default one', async () => {
  const { microphone, asked } = setUp(problem('NotAllowedError'));
  await microphone.start('headset');
  assert.deepEqual(asked, ['headset']);
});

test('when it is unplugged the default one takes over', async () => {
  const stream = fakeStream();
  const { microphone, notices, graphs } = setUp(stream, fakeStream());
  await microphone.start('headset');
  await stream.track.onended();
  assert.equal(microphone.state, 'on');
  assert.deepEqual(notices, [MICROPHONE_MESSAGES.lost]);
  assert.equal(graphs[0].closed, true);
});

test('when the only one is unplugged there is none', async () => {
  const stream = fakeStream();
  const { microphone, notices } = setUp(stream, problem('NotFoundError'));
  await microphone.start();
  await stream.track.onended();
  assert.equal(microphone.state, 'none');
  assert.deepEqual(notices, []);
});

test('a microphone that is turned off lets the device go and says no more', async () => {
  const stream = fakeStream();
  const { microphone, chunks, graphs } = setUp(stream);
  await microphone.start();
  microphone.stop();
  graphs[0].onMessage({ db: -20 });
  assert.equal(stream.track.stopped, true);
  assert.deepEqual(chunks, []);
  assert.equal(microphone.state, 'off');
});

test('a permission that comes after turning off opens nothing', async () => {
  const stream = fakeStream();
  const { microphone, graphs } = setUp(stream);
  const starting = microphone.start();
  microphone.stop();
  await starting;
  assert.equal(stream.track.stopped, true);
  assert.equal(graphs.length, 0);
  assert.equal(microphone.state, 'off');
});

test('muting is remembered, and only an open microphone can be muted', async () => {
  const { microphone } = setUp(fakeStream());
  microphone.muted = true;
  assert.equal(microphone.state, 'off');
  await microphone.start();
  microphone.muted = true;
  assert.equal(microphone.state, 'muted');
  microphone.muted = false;
  assert.equal(microphone.state, 'on');
});

test('who waits for the rest of the sound does not wait for ever', async () => {
  const { microphone, graphs } = setUp(fakeStream());
  await microphone.flush();
  await microphone.start();
  await microphone.flush();
  graphs[0].flush = () => {};
  const waiting = microphone.flush();
  microphone.stop();
  await waiting;
});

const listed = (kind, deviceId, label = '') => ({ kind, deviceId, label });

test('the menu has the default device and those with a name', () => {
  const devices = [
    listed('audioinput', 'default', 'Default - Headset'),
    listed('audioinput', 'communications', 'Communications - Headset'),
    listed('audioinput', 'a', 'Headset'),
    listed('audiooutput', 'b', 'Box'),
    listed('videoinput', 'c', 'Camera'),
    listed('audioinput', 'd'),
  ];
  assert.deepEqual(deviceEntries(devices, 'audioinput'), [
    { id: '', label: 'Default (Headset)' },
    { id: 'a', label: 'Headset' },
    { id: 'd', label: 'Microphone 2' },
  ]);
  assert.deepEqual(deviceEntries(devices, 'audiooutput'), [
    { id: '', label: 'Default' },
    { id: 'b', label: 'Box' },
  ]);
});

test('before the permission there is only the default device', () => {
  const entries = deviceEntries([listed('audioinput', '')], 'audioinput');
  assert.deepEqual(entries, [{ id: '', label: 'Default' }]);
  assert.equal(chosenEntry(entries, 'a'), '');
});
