// The written side of the conversation.

const NEAR_END_PX = 80;
const NOTES = {
  cancelled: 'interrupted',
  overheard: 'interrupted',
  lost: 'cut off',
  incomplete: 'cut short',
};

export class ChatView {
  /** `list` gets the items, `scroller` holds it, `empty` stands there before the first item. */
  constructor({ scroller, list, empty }) {
    this.scroller = scroller;
    this.list = list;
    this.empty = empty;
    this.open = null; // the answer that is being written
    this.last = null; // the answer before, or this one
    this.stretchAt = 0; // where in the last answer's text its present stretch begins
    this.items = new Map(); // by the protocol's ids
    this.unnamed = []; // what was typed and has no id yet, in order
  }

  // ---- the person

  /** What the person wrote. */
  person(text) {
    this.unnamed.push(this.append('person', 'You', text));
    this.scrollToEnd();
  }

  /** The person has said something; its words will come. */
  personSpeaks(id) {
    this.spoken(id);
  }

  /** The next words of what the person is saying. */
  personSays(id, text) {
    const item = this.spoken(id);
    if (!item.classList.contains('partial')) return; // the whole is there already
    this.keepingEnd(() => {
      item.classList.remove('pending');
      item.lastElementChild.append(text);
    });
  }

  /** All that the person has said; nothing of it is left where that was nothing. */
  personSaid(id, text) {
    if (!text) return this.remove(id);
    const item = this.spoken(id);
    this.keepingEnd(() => {
      item.classList.remove('pending', 'partial');
      item.lastElementChild.textContent = text;
    });
  }

  /** What the person has said could not be understood. */
  personUnclear(id, why) {
    const item = this.spoken(id);
    item.classList.remove('pending', 'partial');
    item.dataset.note = why ? `could not be understood: ${why}` : 'could not be understood';
  }

  // The person's spoken item of this id; it stands before the answer that has no word yet.
  spoken(id) {
    let item = this.items.get(id);
    if (item) return item;
    item = this.append('person', 'You', '');
    item.classList.add('pending', 'partial');
    if (this.open?.classList.contains('pending')) this.open.before(item);
    this.items.set(id, item);
    this.scrollToEnd();
    return item;
  }

  // ---- the digital human

  /** Begins the digital human's answer. */
  beginAnswer() {
    this.open = this.append('human', 'Digital human', '');
    this.open.classList.add('pending');
    this.last = this.open;
    this.stretchAt = 0;
  }

  /** The last answer goes on: it was not interrupted after all. */
  resumeAnswer() {
    if (!this.last?.isConnected) return this.beginAnswer();
    this.open = this.last;
    this.stretchAt = this.open.lastElementChild.textContent.length;
    delete this.open.dataset.note;
  }

  /** The next words of the answer. */
  more(text) {
    if (!this.open) return;
    this.keepingEnd(() => {
      const body = this.open.lastElementChild;
      const joins = body.textContent.length === this.stretchAt;
      this.open.classList.remove('pending');
      body.append(joins ? joining(body.textContent, text) : text);
    });
  }

  /** Only the beginning of the last answer was heard: this text of its last stretch. */
  cutTo(text) {
    if (!this.last) return;
    const body = this.last.lastElementChild;
    const before = body.textContent.slice(0, this.stretchAt);
    body.textContent = before + joining(before, text);
  }

  /** Ends the answer; `status` is the protocol's, "lost", or "overheard". */
  endAnswer(status) {
    const item = this.open ?? (status === 'cancelled' || status === 'overheard' ? this.last : null);
    this.open = null;
    if (!item) return;
    const empty = !item.lastElementChild.textContent.trim();
    const note = empty && status === 'overheard' ? undefined : NOTES[status];
    this.keepingEnd(() => {
      item.classList.remove('pending');
      if (note) item.dataset.note = note;
      if (empty && !note) item.remove();
    });
  }

  // ---- what stands here already, and what the server says there is

  /** The protocol's id of what was typed first and has none. */
  name({ id, content }) {
    if (this.items.has(id) || content?.[0]?.type !== 'input_text') return;
    const item = this.unnamed.shift();
    if (item) this.items.set(id, item);
  }

  /** The protocol's id of the answer that is being written. */
  nameAnswer(id) {
    if (this.open) this.items.set(id, this.open);
  }

  /** Shows an item of the conversation as the server has it, which may be here or not. */
  restore({ id, role, content = [] }) {
    if (role !== 'user' && role !== 'assistant') return;
    const text = content.map((part) => part.transcript ?? part.text ?? '').join('');
    if (role === 'user' && !this.items.has(id)) this.name({ id, content });
    let item = this.items.get(id);
    if (!item && !text) return;
    if (!item) {
      item =
        role === 'user'
          ? this.append('person', 'You', '')
          : this.append('human', 'Digital human', '');
      this.items.set(id, item);
    }
    if (!text) return;
    item.classList.remove('pending', 'partial');
    item.lastElementChild.textContent = text;
    if (role === 'assistant') delete item.dataset.note;
  }

  /** A remark of the page itself. */
  remark(text) {
    this.append('remark', 'Note', text).setAttribute('role', 'status');
  }

  remove(id) {
    this.items.get(id)?.remove();
    this.items.delete(id);
    this.empty.hidden = this.list.childElementCount > 0;
  }

  append(kind, who, text) {
    const item = document.createElement('li');
    item.className = kind;
    const label = document.createElement('span');
    label.className = 'hidden';
    label.textContent = `${who}: `;
    const body = document.createElement('span');
    body.textContent = text;
    item.append(label, body);
    this.empty.hidden = true;
    this.keepingEnd(() => this.list.append(item));
    return item;
  }

  // Follows the text unless the person has scrolled back to read.
  keepingEnd(change) {
    const { scroller } = this;
    const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END_PX;
    change();
    if (atEnd) this.scrollToEnd();
  }

  scrollToEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }
}

// The text with a space before it where two stretches of one answer meet.
function joining(before, text) {
  return before && !/\s$/.test(before) && !/^[\s.,;:!?]/.test(text) ? ` ${text}` : text;
}
