import assert from 'node:assert/strict';
import test from 'node:test';
import { askConfig, SiteKey } from '../../web/js/site_key.js';

function storage() {
  const kept = new Map();
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, text) => kept.set(name, text),
  };
}
const answer = (status, body) => ({ status, ok: status === 200, json: async () => body });

test('without a key nothing of one is sent', () => {
  const key = new SiteKey(storage());
  assert.deepEqual(key.protocols, []);
  assert.deepEqual(key.headers, {});
});

test('a key travels as a subprotocol and as a header, and outlives a reload', () => {
  const kept = storage();
  assert.equal(new SiteKey(kept).set(' sk-1.a '), true);
  const key = new SiteKey(kept);
  assert.deepEqual(key.protocols, ['realtime', 'openai-insecure-api-key.sk-1.a']);
  assert.deepEqual(key.headers, { Authorization: 'Bearer sk-1.a' });
});

test('what cannot be a subprotocol cannot be a key', () => {
  const key = new SiteKey(storage());
  for (const text of ['', '  ', 'two words', 'a,b', 'schlüssel'])
    assert.equal(key.set(text), false);
  assert.deepEqual(key.protocols, []);
});

test('a browser that keeps nothing is no obstacle', () => {
  const key = new SiteKey(null);
  assert.equal(key.set('abc'), true);
  assert.equal(key.headers.Authorization, 'Bearer abc');
});

test('a config that is refused, missing or there is told apart', async () => {
  const key = new SiteKey(storage());
  assert.deepEqual(await askConfig(key, async () => answer(401)), { refused: true });
  assert.deepEqual(await askConfig(key, async () => answer(503)), {});
  assert.deepEqual(
    await askConfig(key, async () => {
      throw new Error('no network');
    }),
    {},
  );
  assert.deepEqual(await askConfig(key, async () => answer(200, { fps: 30 })), {
    config: { fps: 30 },
  });
});
