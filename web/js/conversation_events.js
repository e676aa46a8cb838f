// What each of the server's events does to a Conversation, which is `this`.

import { framesOf } from './face_track.js';
import { decodePcm16 } from './pcm.js';

const COMMIT_EMPTY = 'input_audio_buffer_commit_empty';

const connection = {
  'session.created'({ session }) {
    const id = session.digital_human?.conversation_id ?? session.id;
    if (this.conversationId !== null && id !== this.conversationId) {
      this.chat.remark('Connected again. What was said before this line is forgotten.');
    }
    this.conversationId = id;
  },
  'digital_human.resumed'() {
    // What was asked for just before the connection broke may not have reached the server.
    if (!this.answer || this.client.busy) return;
    this.breakOff();
    this.chat.remark('Your last message did not arrive. Please send it again.');
  },
  'digital_human.resume_gap'({ message }) {
    this.breakOff();
    this.rebuilding = true;
    this.chat.remark(
      message || 'Connected again. Some of what was said meanwhile is missing here.',
    );
  },
  'digital_human.notice'({ message }) {
    this.report.notice(message);
  },
  'digital_human.session_closed'({ message }) {
    this.chat.remark(message);
  },
  error({ error }) {
    if (error.code === COMMIT_EMPTY) this.report.notice('Nothing was heard.');
    else this.report.trouble(error.message);
    this.heardAt = null;
    // A request that was refused is not answered.
    if (this.answer && !this.client.busy) this.end('failed');
  },
};

const hearing = {
  'input_audio_buffer.speech_started'() {
    this.bargeIn();
    this.rebuilding = false;
    this.listening(true);
  },
  'input_audio_buffer.speech_stopped'() {
    this.listened();
  },
  'input_audio_buffer.committed'({ item_id: item }) {
    this.rebuilding = false;
    this.listened();
    this.chat.personSpeaks(item);
  },
  // It was no speech, or nothing to answer.
  'digital_human.speech_ignored'({ item_id: item }) {
    this.listening(false);
    this.chat.personSaid(item, '');
  },
  'input_audio_buffer.cleared'() {
    if (this.heardAt !== null) this.listening(false);
  },
  'conversation.item.input_audio_transcription.delta'({ item_id: item, delta }) {
    this.chat.personSays(item, delta);
  },
  'conversation.item.input_audio_transcription.completed'({ item_id: item, transcript }) {
    this.chat.personSaid(item, transcript.trim());
    if (!transcript.trim()) this.heardAt = null;
  },
  'conversation.item.input_audio_transcription.failed'({ item_id: item, error }) {
    this.chat.personUnclear(item, error?.message);
    this.heardAt = null;
  },
};

const answer = {
  'conversation.item.added'({ item }) {
    if (this.rebuilding) this.chat.restore(item);
    else if (item.role === 'user') this.chat.name(item);
  },
  'response.created'({ response }) {
    this.rebuilding = false;
    if (response.metadata?.resumes) this.resume();
    else if (!this.answer) this.begin(this.heardAt);
    this.heardAt = null;
    this.sounding = { responseId: response.id, itemId: null };
    this.playout.begin();
    this.face.beginAnswer();
    this.captions.clear();
    this.moods.clear();
  },
  'response.output_item.added'({ item }) {
    if (item.type === 'message') this.chat.nameAnswer(item.id);
  },
  'response.output_audio_transcript.delta'({ delta }) {
    this.words(delta);
  },
  'response.output_text.delta'({ delta }) {
    this.words(delta);
  },
  'response.output_audio.delta'({ delta, item_id: item }) {
    if (this.sounding) this.sounding.itemId = item;
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
  'digital_human.emotion'({ audio_offset_ms: from, emotions }) {
    this.moods.add(from / 1000, emotions);
  },
  'response.done'({ response }) {
    this.playout.finish();
    const overheard = response.status_details?.reason === 'turn_detected';
    if (overheard) this.bargeIn();
    const empty = this.answer !== null && !this.answer.text.trim();
    this.end(overheard ? 'overheard' : response.status);
    if (response.status === 'completed' && empty) this.chat.remark('The answer was empty.');
    if (response.status !== 'failed') return;
    const why = response.status_details?.error?.message ?? 'no reason was given';
    this.chat.remark(`The answer failed: ${why}`);
  },
  'digital_human.idle.delta'(event) {
    this.face.addIdle(event.frame_index, framesOf(event));
  },
};

export const handlers = { ...connection, ...hearing, ...answer };
