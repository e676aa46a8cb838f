// A turn as the page lives it: a question goes out, the answer's sound, face, words and captions
// each go where they belong, an interruption ends all of them at once.

import { framesOf } from './face_track.js';
import { decodePcm16 } from './pcm.js';

/**
 * `now()` in milliseconds. `report` is told what a person should know: changed() when `state` or
 * `busy` may be another, latency(ms), trouble(text), notice(text), said(text) for an answer that
 * came without captions.
 */
export class Conversation {
  constructor({ client, playout, face, captions, chat, now, report }) {
    Object.assign(this, { client, playout, face, captions, chat, now, report });
    this.connection = 'connecting';
    this.answer = null;
    this.conversationId = null;
  }

  /** Asks; false while there is no connection. */
  say(text) {
    if (this.connection !== 'open') return false;
    this.interrupt();
    this.client.ask(text);
    this.chat.person(text);
    this.begin(this.now());
    this.report.changed();
    return true;
  }

  /** Ends what is being answered or heard, at once. */
  interrupt() {
    if (!this.busy) return;
    this.client.cancel();
    this.playout.stop();
    this.face.endAnswer();
    this.captions.clear();
    this.end('cancelled');
    this.report.changed();
  }

  /** Whether there is something to interrupt. */
  get busy() {
    return this.client.busy || this.playout.playing;
  }

  /** "connecting", "lost", "ready", "thinking" or "speaking". */
  get state() {
    if (this.connection !== 'open') return this.connection;
    if (this.playout.playing) return 'speaking';
    if (!this.client.busy) return 'ready';
    return this.answer?.sounded ? 'speaking' : 'thinking';
  }

  /** The connection changed. What was already received of an answer is played to its end. */
  connected(state) {
    this.connection = state;
    if (state === 'lost') {
      this.playout.finish();
      this.end('lost');
    }
    this.report.changed();
  }

  begin(askedAt) {
    this.answer = { askedAt, sounded: false, captioned: false, text: '' };
    this.chat.beginAnswer();
  }

  end(status) {
    const { answer } = this;
    this.answer = null;
    this.chat.endAnswer(status);
    if (answer?.text && !answer.captioned && status === 'completed') this.report.said(answer.text);
  }

  handle(type, event) {
    handlers[type]?.call(this, event);
    this.report.changed();
  }

  sound(samples) {
    const at = this.playout.add(samples);
    if (at === null || !this.answer || this.answer.sounded) return;
    this.answer.sounded = true;
    if (this.answer.askedAt === null) return;
    const untilHeard = at - this.playout.context.currentTime + this.playout.outputLatency;
    this.report.latency(Math.round(this.now() - this.answer.askedAt + untilHeard * 1000));
  }

  words(text) {
    if (this.answer) this.answer.text += text;
    this.captions.read(text);
    this.chat.more(text);
  }
}

const handlers = {
  'session.created'({ session }) {
    const id = session.digital_human?.conversation_id ?? session.id;
    if (this.conversationId !== null && id !== this.conversationId) {
      this.chat.remark('Connected again. What was said before this line is forgotten.');
    }
    this.conversationId = id;
  },
  'response.created'() {
    if (!this.answer) this.begin(null);
    this.playout.begin();
    this.face.beginAnswer();
    this.captions.clear();
  },
  'response.output_audio_transcript.delta'({ delta }) {
    this.words(delta);
  },
  'response.output_text.delta'({ delta }) {
    this.words(delta);
  },
  'response.output_audio.delta'({ delta }) {
    this.sound(decodePcm16(delta));
  },
  'response.output_audio.done'() {
    this.playout.finish();
  },
  'response.animation_blendshapes.delta'(event) {
    this.face.addAnswer(event.frame_index, framesOf(event));
  },
  'response.audio_timestamp.delta'({ text, audio_offset_ms: from, audio_duration_ms: length }) {
    if (this.answer) this.answer.captioned = true;
    this.captions.add(text, from / 1000, (from + length) / 1000);
  },
  'response.done'({ response }) {
    this.playout.finish();
    const empty = this.answer !== null && !this.answer.text.trim();
    this.end(response.status);
    if (response.status === 'completed' && empty) this.chat.remark('The answer was empty.');
    if (response.status !== 'failed') return;
    const why = response.status_details?.error?.message ?? 'no reason was given';
    this.chat.remark(`The answer failed: ${why}`);
  },
  'digital_human.idle.delta'(event) {
    this.face.addIdle(event.frame_index, framesOf(event));
  },
  'digital_human.notice'({ message }) {
    this.report.notice(message);
  },
  'digital_human.session_closed'({ message }) {
    this.chat.remark(message);
  },
  error({ error }) {
    this.report.trouble(error.message);
    // A request that was refused is not answered.
    if (this.answer && !this.client.busy) this.end('failed');
  },
};
