// How a person talks to the face: hands-free, where the server hears when a turn ends, or holding a
// button while speaking. Decides what of the microphone is sent, and when it is an utterance.

import { toBase64 } from './pcm.js';

export const HANDS_FREE = 'hands-free';
export const PUSH_TO_TALK = 'push-to-talk';

const UTTERANCE_SECONDS = 0.25; // a button held for less was not meant to say anything
const MUTED_SILENCE_SECONDS = 2; // sent after muting, so that the server hears the turn's end

/**
 * `report.changed()` when what a person sees may be another, `report.hint(text)` when a person
 * should do otherwise; `applySession()` sends the session's settings anew.
 */
export class Talk {
  constructor({ client, conversation, microphone, settings, applySession, report }) {
    Object.assign(this, { client, conversation, microphone, settings, applySession, report });
    this.holding = false;
    this.sentSeconds = 0; // since the button went down
    this.silenceSeconds = 0; // still to be sent after muting
    this.detection = null; // the mode that the server was last asked for
  }

  get handsFree() {
    return this.settings.talkMode !== PUSH_TO_TALK;
  }

  /** Whether what the microphone hears goes to the server. */
  get sending() {
    return this.microphone.state === 'on' && (this.handsFree || this.holding);
  }

  /** The protocol's `session.audio.input`. */
  inputSettings() {
    const listening = this.handsFree && this.microphone.open;
    this.detection = listening;
    return {
      format: { type: 'audio/pcm', rate: 24000 },
      transcription: { model: 'default' },
      turn_detection: listening
        ? { type: 'semantic_vad', create_response: true, interrupt_response: true }
        : null,
    };
  }

  /** The button was pressed once: on, then muted, then on again. */
  async toggle() {
    const { microphone } = this;
    if (microphone.state === 'asking') return;
    if (!microphone.open) return microphone.start(this.settings.microphone);
    microphone.muted = microphone.state === 'on';
  }

  /** The button goes down. While the microphone is not open, this opens it and no more. */
  async press() {
    if (this.handsFree || this.holding) return;
    if (!this.microphone.open) return this.toggle();
    if (this.conversation.connection !== 'open') return;
    this.microphone.muted = false;
    this.conversation.interrupt();
    this.client.send({ type: 'input_audio_buffer.clear' });
    this.sentSeconds = 0;
    this.holding = true;
    this.conversation.listening(true);
    this.report.changed();
  }

  /** The button comes up again. */
  async release() {
    if (!this.holding) return;
    await this.microphone.flush();
    if (!this.holding) return;
    this.holding = false;
    this.conversation.listening(false);
    if (this.sentSeconds < UTTERANCE_SECONDS) {
      this.client.send({ type: 'input_audio_buffer.clear' });
      this.report.hint('Keep the button down while you talk.');
    } else {
      this.conversation.saySpoken();
    }
    this.report.changed();
  }

  /** Gives up what is being said: the window lost its focus, the connection or the microphone. */
  abandon() {
    if (!this.holding) return;
    this.holding = false;
    this.client.send({ type: 'input_audio_buffer.clear' });
    this.conversation.listening(false);
    this.report.changed();
  }

  setMode(mode) {
    this.abandon();
    this.settings.set({ talkMode: mode });
    if (this.microphone.state === 'muted') this.microphone.muted = false;
    this.client.send({ type: 'input_audio_buffer.clear' });
    this.applySession();
    this.report.changed();
  }

  /** The microphone is in another state. */
  microphoneChanged() {
    const { microphone } = this;
    if (!microphone.open) this.abandon();
    this.silenceSeconds = microphone.state === 'muted' ? MUTED_SILENCE_SECONDS : 0;
    if ((this.handsFree && microphone.open) !== this.detection) {
      if (!microphone.open) this.client.send({ type: 'input_audio_buffer.clear' });
      this.applySession();
    }
    if (!microphone.open) this.conversation.listening(false);
    this.report.changed();
  }

  /** What the microphone heard. */
  chunk({ pcm, seconds }) {
    if (this.sending) {
      this.append(pcm);
      this.sentSeconds += seconds;
    } else if (this.handsFree && this.silenceSeconds > 0) {
      this.silenceSeconds -= seconds;
      this.append(new Uint8Array(pcm.length));
    }
  }

  append(pcm) {
    this.client.send({ type: 'input_audio_buffer.append', audio: toBase64(pcm) });
  }
}
