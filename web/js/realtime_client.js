// Speaks the realtime protocol over one WebSocket, comes back when it is lost, and hands events on by
// their type. Knows nothing of sound, faces or pages.

const RETRY_MS = [500, 1000, 2000, 4000, 8000];

/** Calls `on(type, event)` for every server event and `onState(state, detail)` with connecting, open, lost. */
export class RealtimeClient {
  constructor(url, { on, onState, makeSocket = (address) => new WebSocket(address), later = setTimeout }) {
    this.url = url;
    this.on = on;
    this.onState = onState;
    this.makeSocket = makeSocket;
    this.later = later;
    this.session = {};
    this.socket = null;
    this.failures = 0;
    this.eventNumber = 0;
    this.responseId = null;
    this.stale = new Set();
  }

  connect() {
    this.onState('connecting');
    const socket = this.makeSocket(this.url);
    this.socket = socket;
    socket.onmessage = (message) => this.receive(JSON.parse(message.data));
    socket.onclose = (close) => {
      if (this.socket === socket) this.lost(close.reason);
    };
    socket.onerror = () => {};
  }

  lost(reason) {
    this.socket = null;
    this.responseId = null;
    const wait = RETRY_MS[Math.min(this.failures++, RETRY_MS.length - 1)];
    this.onState('lost', { reason, wait });
    this.later.call(null, () => this.connect(), wait);
  }

  receive(event) {
    if (event.type === 'session.created') {
      this.failures = 0;
      this.sendSession();
      this.onState('open');
    }
    if (event.type === 'response.created') this.responseId = event.response.id;
    const response = event.response_id ?? event.response?.id;
    if (event.type === 'response.done') {
      if (this.responseId === response) this.responseId = null;
      this.on(event.type, event);
      this.stale.delete(response);
      return;
    }
    // What an interrupted answer still sends is not heard.
    if (response !== undefined && this.stale.has(response)) return;
    this.on(event.type, event);
  }

  /** Settings for this and every later connection, in the protocol's own shape. */
  setSession(session) {
    this.session = session;
    if (this.socket?.readyState === 1) this.sendSession();
  }

  sendSession() {
    this.send({ type: 'session.update', session: this.session });
  }

  ask(text) {
    this.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
    });
    this.send({ type: 'response.create' });
  }

  /** Interrupts the answer under way, if there is one. */
  interrupt() {
    if (!this.responseId || this.stale.has(this.responseId)) return false;
    this.stale.add(this.responseId);
    this.send({ type: 'response.cancel', response_id: this.responseId });
    return true;
  }

  get answering() {
    return this.responseId !== null;
  }

  send(event) {
    if (this.socket?.readyState !== 1) return false;
    this.socket.send(JSON.stringify({ event_id: `page_${++this.eventNumber}`, ...event }));
    return true;
  }
}
