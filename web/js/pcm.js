// Sound as it goes over the wire: base64 of 16-bit little-endian samples.

const TEXT_BYTES = 8192; // at a time: a call takes only so many arguments

/** The samples of a base64 text as floats in [-1, 1). */
export function decodePcm16(base64) {
  const text = atob(base64);
  const samples = new Float32Array(text.length >> 1);
  for (let i = 0; i < samples.length; i++) {
    const value = text.charCodeAt(2 * i) | (text.charCodeAt(2 * i + 1) << 8);
    samples[i] = (value & 0x8000 ? value - 0x10000 : value) / 32768;
  }
  return samples;
}

/** Floats as 16-bit little-endian samples; what is beyond full scale is clipped. */
export function toPcm16(samples) {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < samples.length; i++) {
    const value = Math.round(samples[i] * 32768);
    view.setInt16(2 * i, Math.min(Math.max(value, -32768), 32767), true);
  }
  return bytes;
}

/** The base64 text of bytes. */
export function toBase64(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i += TEXT_BYTES) {
    text += String.fromCharCode(...bytes.subarray(i, i + TEXT_BYTES));
  }
  return btoa(text);
}
