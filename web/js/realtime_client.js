// Speaks the realtime protocol over one WebSocket, comes back when it is lost, and hands events on
// by their type. Knows nothing of sound, faces or pages.

const RETRY_MS = [500, 1000, 2000, 4000, 8000];
const OPEN = 1; // WebSocket.OPEN, which a test's socket need not have

/**
 * Calls `on(type, event)` for every server event of an answer that still counts, and
 * `onState(state, detail)` with "connecting", "open" and "lost" ({wait} in ms until the next try).
 */
export class RealtimeClient {
  constructor(
    url,
    {
      on,
      onState,
      makeSocket = (address) => new WebSocket(address),
      later = (call, ms) => setTimeout(call, ms),
      forget = (timer) => clearTimeout(timer),
    },
  ) {
    this.url = url;
    this.on = on;
    this.onState = onState;
    this.makeSocket = makeSocket;
    this.later = later;
    this.forget = forget;
    this.session = {};
    this.socket = null;
    this.retry = null;
    this.failures = 0;
    this.eventNumber = 0;
    this.reset();
  }

  reset() {
    // Requests that the server has not begun to answer, oldest first. It answers them in order,
    // which is how an answer finds its request: the protocol's events carry no reference to it.
    this.requests = [];
    this.cancels = new Set();
    this.responseId = null;
    this.stale = new Set();
  }

  connect() {
    this.onState('connecting');
    const socket = this.makeSocket(this.url);
    this.socket = socket;
    socket.onmessage = (message) => {
      if (this.socket === socket) this.receive(JSON.parse(message.data));
    };
    socket.onclose = () => {
      if (this.socket === socket) this.lost();
    };
  }

  lost() {
    this.socket = null;
    this.reset();
    const wait = RETRY_MS[Math.min(this.failures++, RETRY_MS.length - 1)];
    this.retry = this.later(() => this.retryNow(), wait);
    this.onState('lost', { wait });
  }

  /** Tries again at once where a try is being waited for. */
  retryNow() {
    if (this.retry === null) return;
    this.forget(this.retry);
    this.retry = null;
    this.connect();
  }

  receive(event) {
    if (event.type === 'session.created') return this.opened(event);
    if (event.type === 'response.created') this.begun(event.response.id);
    if (event.type === 'error' && this.isCrossedCancel(event.error)) return;
    const response = event.response_id ?? event.response?.id;
    const stale = this.stale.has(response);
    if (event.type === 'response.done') {
      if (this.responseId === response) this.responseId = null;
      this.stale.delete(response);
    }
    if (!stale) this.on(event.type, event);
  }

  opened(event) {
    this.failures = 0;
    this.sendSession();
    this.onState('open');
    this.on(event.type, event);
  }

  begun(responseId) {
    const request = this.requests.shift();
    this.responseId = responseId;
    if (request?.cancelled) this.stale.add(responseId);
  }

  // A cancel that meets an answer which has just ended is nobody's mistake. A refused request will
  // never be answered, so it is no longer waited for; its error is handed on.
  isCrossedCancel(error) {
    this.requests = this.requests.filter((request) => request.eventId !== error.event_id);
    return this.cancels.delete(error.event_id) && error.code === 'response_cancel_not_active';
  }

  /** Settings for this and every later connection, in the protocol's own shape. */
  setSession(session) {
    this.session = session;
    this.sendSession();
  }

  sendSession() {
    this.send({ type: 'session.update', session: this.session });
  }

  /** Asks for an answer; false without a connection. One that is under way is given up first. */
  ask(text) {
    this.cancel();
    const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
    if (!this.send({ type: 'conversation.item.create', item })) return false;
    this.requests.push({ eventId: this.send({ type: 'response.create' }), cancelled: false });
    return true;
  }

  /** Gives up the answer that is under way or asked for; nothing of it is handed on after this. */
  cancel() {
    if (!this.busy) return false;
    for (const request of this.requests) request.cancelled = true;
    if (this.responseId !== null) this.stale.add(this.responseId);
    this.cancels.add(this.send({ type: 'response.cancel' }));
    return true;
  }

  /** Whether an answer that still counts is under way or asked for. */
  get busy() {
    const underWay = this.responseId !== null && !this.stale.has(this.responseId);
    return underWay || this.requests.some((request) => !request.cancelled);
  }

  /** Sends an event and returns its id, or null without a connection. */
  send(event) {
    if (this.socket?.readyState !== OPEN) return null;
    const eventId = `page_${++this.eventNumber}`;
    this.socket.send(JSON.stringify({ event_id: eventId, ...event }));
    return eventId;
  }
}
