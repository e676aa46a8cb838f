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
    this.asked = 0; // answers that were asked for and have not begun
    this.unwanted = 0; // of these, interrupted before they began
    this.waiting = []; // questions that wait for the answer before them to end
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
    this.asked = this.unwanted = 0;
    this.waiting = [];
    this.stale.clear();
    if (this.closed) return;
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
    if (event.type === 'digital_human.session_closed') this.closed = event.reason === 'replaced';
    if (event.type === 'response.created') {
      this.responseId = event.response.id;
      this.asked = Math.max(0, this.asked - 1);
      if (this.unwanted > 0) {
        this.unwanted--;
        this.stale.add(this.responseId);
        this.send({ type: 'response.cancel', response_id: this.responseId });
      }
    }
    const response = event.response_id ?? event.response?.id;
    if (event.type === 'response.done') {
      if (this.responseId === response) this.responseId = null;
      if (!this.stale.delete(response)) this.on(event.type, event);
      else this.on('interrupted', event);
      if (this.waiting.length > 0) this.ask(this.waiting.shift());
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

  /** Asks now, or when the answer under way has ended. */
  ask(text) {
    if (this.answering) {
      this.waiting.push(text);
      return;
    }
    this.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
    });
    if (this.send({ type: 'response.create' })) this.asked++;
  }

  /** Interrupts the answer under way, or the one that was asked for and has not begun. */
  interrupt() {
    if (this.asked > this.unwanted) {
      this.unwanted = this.asked;
      return true;
    }
    if (!this.responseId || this.stale.has(this.responseId)) return false;
    this.stale.add(this.responseId);
    this.send({ type: 'response.cancel', response_id: this.responseId });
    return true;
  }

  /** Whether an answer is asked for or under way, interrupted ones as well until they have ended. */
  get answering() {
    return this.responseId !== null || this.asked > 0;
  }

  send(event) {
    if (this.socket?.readyState !== 1) return false;
    this.socket.send(JSON.stringify({ event_id: `page_${++this.eventNumber}`, ...event }));
    return true;
  }
}
