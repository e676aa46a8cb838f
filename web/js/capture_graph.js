// Connects a microphone's stream to the capture worklet, in a context of its own: its rate is the
// microphone's affair, and the loudspeaker's context is left alone.

import { CAPTURE_RATE } from './capture.js';

/** Resolves to {flush(), wake(), close()}; `onMessage` is told what the worklet sends. */
export async function openGraph(stream, onMessage) {
  const { context, source } = sourceOf(stream);
  try {
    await context.audioWorklet.addModule(new URL('capture_worklet.js', import.meta.url));
    const node = new AudioWorkletNode(context, 'capture', { numberOfOutputs: 0 });
    node.port.onmessage = ({ data }) => onMessage(data);
    source.connect(node);
    await context.resume();
    return {
      flush: () => node.port.postMessage({ flush: true }),
      wake: () => context.state !== 'running' && context.resume(),
      close: () => {
        node.port.onmessage = null;
        source.disconnect();
        context.close();
      },
    };
  } catch (problem) {
    context.close();
    throw problem;
  }
}

// Some browsers convert the microphone to the context's rate and some refuse; then the worklet does
// it.
function sourceOf(stream) {
  const context = new AudioContext({ sampleRate: CAPTURE_RATE });
  try {
    return { context, source: context.createMediaStreamSource(stream) };
  } catch {
    context.close();
    const own = new AudioContext();
    return { context: own, source: own.createMediaStreamSource(stream) };
  }
}
