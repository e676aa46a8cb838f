// An audio context whose time the test turns, and that remembers what was started when.

export function fakeAudioContext() {
  const context = {
    currentTime: 10,
    outputLatency: 0,
    baseLatency: 0,
    sources: [],
    ramps: [],
    createGain: () => ({
      gain: {
        setValueAtTime: (value, at) => context.ramps.push({ value, at }),
        linearRampToValueAtTime: (value, at) => context.ramps.push({ value, at }),
      },
      connect() {},
    }),
    createBuffer: (channels, length, rate) => ({ length, rate, copyToChannel() {} }),
    createBufferSource() {
      const source = {
        connect() {},
        start: (at) => (source.at = at),
        stop: (at) => (source.stopped = at),
      };
      context.sources.push(source);
      return source;
    },
  };
  return context;
}
