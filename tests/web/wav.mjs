// WAV files, as far as the tests need them: 16 bit, mono.

import assert from 'node:assert/strict';

/** The file with silence before and after its sound, and how many seconds of sound it has. */
export function paddedWav(file, before, after) {
  const { rate, sound } = read(file);
  const silence = (seconds) => Buffer.alloc(2 * Math.round(seconds * rate));
  const data = Buffer.concat([silence(before), sound, silence(after)]);
  return {
    bytes: Buffer.concat([header(rate, data.length), data]),
    seconds: sound.length / 2 / rate,
  };
}

function read(file) {
  assert.equal(file.toString('latin1', 8, 12), 'WAVE');
  let rate = 0;
  for (let at = 12; at + 8 <= file.length;) {
    const name = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    const body = file.subarray(at + 8, at + 8 + size);
    if (name === 'fmt ') {
      assert.deepEqual([body.readUInt16LE(2), body.readUInt16LE(14)], [1, 16], 'mono, 16 bit');
      rate = body.readUInt32LE(4);
    }
    if (name === 'data') return { rate, sound: body };
    at += 8 + size + (size % 2);
  }
  throw new Error('the WAV file has no sound');
}

function header(rate, bytes) {
  const text = Buffer.alloc(44);
  text.write('RIFF', 0, 'latin1');
  text.writeUInt32LE(36 + bytes, 4);
  text.write('WAVEfmt ', 8, 'latin1');
  text.writeUInt32LE(16, 16);
  text.writeUInt16LE(1, 20); // PCM
  text.writeUInt16LE(1, 22); // mono
  text.writeUInt32LE(rate, 24);
  text.writeUInt32LE(2 * rate, 28);
  text.writeUInt16LE(2, 32);
  text.writeUInt16LE(16, 34);
  text.write('data', 36, 'latin1');
  text.writeUInt32LE(bytes, 40);
  return text;
}
