import assert from 'node:assert/strict';
import test from 'node:test';
import { Settings } from '../../web/js/settings.js';

function storage(text = null) {
  return {
    text,
    getItem() {
      return this.text;
    },
    setItem(key, value) {
      this.text = value;
    },
  };
}

test('what was chosen is there the next time', () => {
  const kept = storage();
  new Settings(kept).set({ voice: 'slt', muted: true });
  const again = new Settings(kept);
  assert.equal(again.voice, 'slt');
  assert.equal(again.muted, true);
  assert.equal(again.captions, true);
});

test('rubbish in the storage is passed over', () => {
  for (const text of ['{', 'null', '7', '{"muted":"yes","voice":3,"other":1}']) {
    const settings = new Settings(storage(text));
    assert.equal(settings.muted, false);
    assert.equal(settings.voice, '');
    assert.equal('other' in settings, false);
  }
});

test('a browser that keeps nothing is no obstacle', () => {
  const settings = new Settings(null);
  settings.set({ muted: true });
  assert.equal(settings.muted, true);
});

test('instructions are sent when chosen, and given up for the server’s own', () => {
  const settings = new Settings(storage());
  assert.equal('instructions' in settings.session(''), false);
  settings.set({ instructions: 'Be brief.' });
  assert.equal(settings.session('Be kind.').instructions, 'Be brief.');
  settings.set({ instructions: '  ' });
  assert.equal(settings.session('Be kind.').instructions, 'Be kind.');
});

test('the session asks for the chosen voice, the face and the times of the words', () => {
  const settings = new Settings(storage());
  settings.set({ voice: 'slt' });
  const session = settings.session('');
  assert.equal(session.audio.output.voice, 'slt');
  assert.deepEqual(session.animation.outputs, ['blendshapes', 'viseme_id']);
  assert.deepEqual(session.output_audio_timestamp_types, ['word']);
  assert.equal(session.digital_human.idle_animation, true);
});

test('a page is talked to hands-free, through the default devices, until a person chooses', () => {
  const kept = storage();
  const settings = new Settings(kept);
  assert.deepEqual(
    [settings.talkMode, settings.microphone, settings.loudspeaker],
    ['hands-free', '', ''],
  );
  settings.set({ talkMode: 'push-to-talk', microphone: 'headset' });
  assert.equal(new Settings(kept).talkMode, 'push-to-talk');
  assert.equal(new Settings(kept).microphone, 'headset');
});

test('how the server is to listen goes out with the session', () => {
  const input = { turn_detection: null };
  assert.equal(new Settings(storage()).session('', input).audio.input, input);
});
