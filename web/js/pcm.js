// Sound as it comes over the wire: base64 of 16-bit little-endian samples.

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
