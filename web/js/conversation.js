// A turn as the page lives it: a question goes out, the answer's sound, face, words and captions
// each go where they belong, an interruption ends all of them at once.

import { handlers } from './conversation_events.js';

const RESPITE_MS = 8000; // with no word of the server about what was said, it is not thinking of it

/**
 * `now()` in milliseconds. `report` is told what a person should know: changed() when `state` or
 * `busy` may be another, latency(ms), trouble(text), notice(text), said(text) for an answer that
 * came without captions.
 */
export class Conversation {
  constructor({ client, playout, face, captions, moods, chat, now, report }) {
    Object.assign(this, { client, playout, face, captions, moods, chat, now, report });
    this.connection = 'connecting';
    this.conversationId = null;
    this.answer = null; // what is being answered: text, times
    this.sounding = null; // {responseId, itemId} whose sound the playout holds
    this.personSpeaks = false;
    this.heardAt = null; // when the person fell silent, until the server answers or lets it be
    this.rebuilding = false; // items that come are those of before a gap
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

  /** Asks for an answer to what was spoken and sent; false while there is no connection. */
  saySpoken() {
    if (this.connection !== 'open') return false;
    this.interrupt();
    this.client.askSpoken();
    this.heardAt = this.now();
    this.report.changed();
    return true;
  }

  /** The person began to speak, or fell silent. */
  listening(speaks) {
    this.personSpeaks = speaks;
    this.heardAt = null;
    this.report.changed();
  }

  /** The person fell silent and is to be answered. */
  listened() {
    if (this.personSpeaks || this.heardAt === null) this.heardAt = this.now();
    this.personSpeaks = false;
  }

  /** Ends what is being answered or heard, at once. */
  interrupt() {
    if (!this.busy) return;
    this.client.cancel();
    this.silence();
    this.end('cancelled');
    this.report.changed();
  }

  /** The person talks into what sounds: the server ends it by itself, the page does so at once. */
  bargeIn() {
    if (!this.playout.playing) return;
    this.client.drop(this.sounding.responseId);
    this.silence();
    this.end('overheard');
  }

  // No sound, no lips, no captions from here on; the chat and the server keep what was heard.
  silence() {
    const position = this.playout.position();
    const heardMs = Math.floor(this.playout.heard * 1000);
    if (this.playout.playing && this.sounding?.itemId) {
      this.client.truncate(this.sounding.itemId, heardMs);
      const heard = this.captions.textUntil(position);
      if (heard !== null) this.chat.cutTo(heard);
    }
    this.playout.stop();
    this.face.endAnswer();
    this.captions.clear();
    this.moods.clear();
  }

  /** Whether there is something to interrupt. */
  get busy() {
    return this.client.busy || this.playout.playing;
  }

  /** "connecting", "lost", "listening", "thinking", "speaking" or "ready". */
  get state() {
    if (this.connection !== 'open') return this.connection;
    if (this.personSpeaks) return 'listening';
    if (this.playout.playing) return this.playout.position() >= 0 ? 'speaking' : 'thinking';
    if (this.client.busy) return this.answer?.sounded ? 'speaking' : 'thinking';
    const waiting = this.heardAt !== null && this.now() - this.heardAt < RESPITE_MS;
    return waiting ? 'thinking' : 'ready';
  }

  /**
   * The connection changed. What was received of an answer goes on sounding; with `resumed` the
   * rest of it comes.
   */
  connected(state, { resumed = false } = {}) {
    this.connection = state;
    if (state === 'lost' || state === 'refused') this.listening(false);
    if (state === 'open' && !resumed) this.breakOff();
    this.report.changed();
  }

  /** Nothing more comes of the answer under way. */
  breakOff() {
    this.playout.finish();
    this.end('lost');
  }

  begin(askedAt) {
    this.answer = { askedAt, sounded: false, captioned: false, text: '' };
    this.chat.beginAnswer();
  }

  /** An answer that speech seemed to interrupt goes on where it was broken off. */
  resume() {
    this.answer = { askedAt: null, sounded: false, captioned: false, text: '' };
    this.chat.resumeAnswer();
  }

  /** `status` is the protocol's, "lost", or "overheard" when the person talked into it. */
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
