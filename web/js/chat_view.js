// The written side of the conversation.

const NEAR_END_PX = 80;

export class ChatView {
  /** `list` gets the items, `scroller` holds it, `empty` stands there before the first item. */
  constructor({ scroller, list, empty }) {
    this.scroller = scroller;
    this.list = list;
    this.empty = empty;
    this.open = null;
    this.last = null;
  }

  /** What the person wrote. */
  person(text) {
    this.append('person', 'You', text);
    this.scrollToEnd();
  }

  /** Begins the digital human's answer. */
  beginAnswer() {
    this.open = this.append('human', 'Digital human', '');
    this.open.classList.add('pending');
    this.last = this.open;
  }

  /** The next words of the answer. */
  more(text) {
    if (!this.open) return;
    this.keepingEnd(() => {
      this.open.classList.remove('pending');
      this.open.lastElementChild.append(text);
    });
  }

  /** Ends the answer; `status` is the protocol's, or "lost" with the connection. */
  endAnswer(status) {
    const item = this.open ?? (status === 'cancelled' ? this.last : null);
    this.open = null;
    if (!item) return;
    const note = { cancelled: 'interrupted', lost: 'cut off', incomplete: 'cut short' }[status];
    this.keepingEnd(() => {
      item.classList.remove('pending');
      if (note) item.dataset.note = note;
      if (!item.lastElementChild.textContent.trim() && !note) item.remove();
    });
  }

  /** A remark of the page itself. */
  remark(text) {
    this.append('remark', 'Note', text).setAttribute('role', 'status');
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
