// Speaks the realtime protocol over one WebSocket, comes back when it is lost and goes on where it
// was, and hands events on by their type. Knows nothing of sound, faces or pages.

import { EventLog } from './event_log.js';

const RETRY_MS = [500, 1000, 2000, 4000, 8000];
const GIVE_UP_MS = 120000; // as long as the server keeps what was missed
const KEY_REFUSED = 4401; // the close code of a server that wants another key
const OPEN = 1; // WebSocket.OPEN, which a test's socket need not have

/**
 * Calls `on(type, event)` for every server event of an answer that still counts, and
 * `onState(state, detail)` with "connecting"; "open" ({resumed}: the conversation goes on where it
 * was); "lost" ({wait, opened}: in ms until the next try, null when only a person tries again, and
 * whether the socket had been open); "refused" (the server wants a key, or another one).
 * `protocols()` names the subprotocols to offer.
 */
export class RealtimeClient {
  constructor(
    url,
    {
      on,
      onState,
      protocols = () => [],
      makeSocket = (address, offered) => new WebSocket(address, offered),
      later = (call, ms) => setTimeout(call, ms),
      forget = (timer) => clearTimeout(timer),
      now = () => performance.now(),
      random = Math.random,
    },
  ) {
    Object.assign(this, { url, on, onState, protocols, makeSocket, later, forget, now, random });
    this.session = {};
    this.sessionOwed = true; // the server has not been told the session's settings
    this.socket = null;
    this.live = false; // the server has spoken on this socket
    this.retry = null;
    this.failures = 0;
    this.lostAt = null;
    this.eventNumber = 0;
    this.requestNumber = 0;
    this.conversationId = null;
    this.log = new EventLog();
    this.reset();
  }

  reset() {
    // Requests that the server has not begun to answer, oldest first. Each has a number in its
    // metadata, which its response bears again; a response without one came of speech.
    this.requests = [];
    this.pardoned = new Map(); // event ids of what may be refused, with the code that is expected
    this.cancelOwed = false;
    this.responseId = null;
    this.stale = new Set();
  }

  // ---- the connection

  connect() {
    this.onState('connecting');
    this.live = false;
    const socket = this.makeSocket(this.address(), this.protocols());
    let opened = false;
    this.socket = socket;
    socket.onopen = () => (opened = true);
    socket.onmessage = (message) => {
      if (this.socket === socket) this.receive(JSON.parse(message.data));
    };
    socket.onclose = (close) => {
      if (this.socket === socket) this.lost(opened, close?.code);
    };
  }

  // Where a conversation is to go on, the server is told which, and what it said last.
  address() {
    if (this.conversationId === null) return this.url;
    const url = new URL(this.url);
    url.searchParams.set('conversation', this.conversationId);
    if (this.log.lastId !== null) url.searchParams.set('last_event_id', this.log.lastId);
    return url.href;
  }

  lost(opened, code) {
    this.socket = null;
    this.live = false;
    if (code === KEY_REFUSED) return this.onState('refused');
    this.lostAt ??= this.now();
    const longest = RETRY_MS[Math.min(this.failures++, RETRY_MS.length - 1)];
    // Not all pages that lost one server come back at one moment.
    const wait = Math.round((longest / 2) * (1 + this.random()));
    const late = this.now() - this.lostAt + wait > GIVE_UP_MS;
    if (!late) this.retry = this.later(() => this.retryNow(), wait);
    this.onState('lost', { wait: late ? null : wait, opened });
  }

  /** Tries again at once where a try is being waited for, or nothing is tried any more. */
  retryNow() {
    if (this.socket !== null) return;
    if (this.retry === null) this.lostAt = null;
    else this.forget(this.retry);
    this.retry = null;
    this.connect();
  }

  /** No more tries until `retryNow`: the page is asking for a key. */
  pause() {
    if (this.retry !== null) this.forget(this.retry);
    this.retry = null;
  }

  /** The network is gone, which a socket may not notice for minutes. */
  dropSocket() {
    const { socket } = this;
    if (!socket) return;
    this.lost(this.live);
    socket.close();
  }

  receive(event) {
    const resuming = !this.live && this.conversationId !== null;
    if (!this.live && (resuming || event.type === 'session.created')) this.opened(event);
    if (!this.log.take(event.event_id)) return;
    if (event.type === 'digital_human.resume_gap') this.startAnew();
    if (event.type === 'digital_human.resumed') this.forgetLostRequests();
    if (event.type === 'response.created') this.begun(event.response);
    if (event.type === 'error' && this.isPardoned(event.error)) return;
    const response = event.response_id ?? event.response?.id;
    const stale = this.stale.has(response);
    if (event.type === 'response.done') {
      if (this.responseId === response) this.responseId = null;
      this.stale.delete(response);
    }
    if (!stale) this.on(event.type, event);
  }

  // The first word of the server on a socket. After a loss that is whatever was missed first; a
  // session that bears another name is a new one.
  opened(event) {
    const id = event.type === 'session.created' ? conversationOf(event.session) : null;
    const resumed = this.conversationId !== null && (id === null || id === this.conversationId);
    this.live = true;
    this.failures = 0;
    this.lostAt = null;
    if (id !== null) this.conversationId = id;
    if (!resumed) this.startAnew();
    if (this.sessionOwed) this.sendSession();
    if (this.cancelOwed) this.sendCancel();
    this.onState('open', { resumed });
  }

  // The server knows nothing of what was asked before.
  startAnew() {
    this.reset();
    this.sendSession();
  }

  // All that was missed has come: a request on an earlier socket that was not begun has not arrived.
  forgetLostRequests() {
    this.requests = this.requests.filter((request) => request.socket === this.socket);
  }

  begun({ id, metadata }) {
    const request = this.requests.find(({ number }) => number === metadata?.request);
    this.requests = this.requests.filter((other) => other !== request);
    this.responseId = id;
    if (request?.cancelled) this.stale.add(id);
  }

  // What crosses the end of its answer is nobody's mistake. A refused request will never be
  // answered, so it is no longer waited for; its error is handed on.
  isPardoned(error) {
    this.requests = this.requests.filter((request) => request.eventId !== error.event_id);
    const code = this.pardoned.get(error.event_id);
    this.pardoned.delete(error.event_id);
    return code === ANY_CODE || (code !== undefined && code === error.code);
  }

  // ---- what the page says

  /** Settings for this and every later session, in the protocol's own shape. */
  setSession(session) {
    this.session = session;
    this.sendSession();
  }

  sendSession() {
    this.sessionOwed = this.send({ type: 'session.update', session: this.session }) === null;
  }

  /** Asks for an answer; false without a connection. One that is under way is given up first. */
  ask(text) {
    const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
    return this.askFor({ type: 'conversation.item.create', item });
  }

  /** Asks for an answer to the sound that was sent. */
  askSpoken() {
    return this.askFor({ type: 'input_audio_buffer.commit' });
  }

  askFor(event) {
    this.cancel();
    if (!this.send(event)) return false;
    const number = String(++this.requestNumber);
    const eventId = this.send({
      type: 'response.create',
      response: { metadata: { request: number } },
    });
    this.requests.push({ number, eventId, cancelled: false, socket: this.socket });
    return true;
  }

  /** Gives up the answer that is under way or asked for; nothing of it is handed on after this. */
  cancel() {
    if (!this.busy) return false;
    for (const request of this.requests) request.cancelled = true;
    if (this.responseId !== null) this.stale.add(this.responseId);
    this.sendCancel();
    return true;
  }

  sendCancel() {
    const eventId = this.send({ type: 'response.cancel' });
    this.cancelOwed = eventId === null;
    if (eventId !== null) this.pardoned.set(eventId, 'response_cancel_not_active');
  }

  /** Nothing more of this response is handed on: the server is breaking it off by itself. */
  drop(responseId) {
    if (this.responseId === responseId) this.stale.add(responseId);
  }

  /** Tells how much of an answer was heard. */
  truncate(itemId, heardMs) {
    const eventId = this.send({
      type: 'conversation.item.truncate',
      item_id: itemId,
      content_index: 0,
      audio_end_ms: heardMs,
    });
    if (eventId !== null) this.pardoned.set(eventId, ANY_CODE);
  }

  /** Whether an answer that still counts is under way or asked for. */
  get busy() {
    const underWay = this.responseId !== null && !this.stale.has(this.responseId);
    return underWay || this.requests.some((request) => !request.cancelled);
  }

  /** Sends an event and returns its id, or null without a connection. */
  send(event) {
    if (!this.live || this.socket?.readyState !== OPEN) return null;
    const eventId = `page_${++this.eventNumber}`;
    this.socket.send(JSON.stringify({ event_id: eventId, ...event }));
    return eventId;
  }
}

// The server may have cut the answer itself, or have none left to cut: both are what was wanted.
const ANY_CODE = Symbol('any code');

function conversationOf(session) {
  const own = session.digital_human ?? {};
  return own.conversation_id ?? own.conversation ?? session.id ?? null;
}
