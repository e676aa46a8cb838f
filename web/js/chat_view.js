// The written side of the conversation.

export class ChatView {
  constructor(list) {
    this.list = list;
    this.open = null;
  }

  /** What the person wrote. */
  person(text) {
    this.append('person', text);
  }

  /** Begins the digital human's answer. */
  beginAnswer() {
    this.open = this.append('human', '');
    this.open.classList.add('pending');
  }

  /** The next words of the answer. */
  more(text) {
    if (!this.open) this.beginAnswer();
    this.open.classList.remove('pending');
    this.open.append(text);
    this.scroll();
  }

  /** Ends the answer; `status` is the protocol's. */
  endAnswer(status) {
    if (!this.open) return;
    this.open.classList.remove('pending');
    if (status === 'cancelled') this.open.classList.add('interrupted');
    if (!this.open.textContent.trim()) this.open.remove();
    this.open = null;
  }

  /** A remark of the page itself. */
  remark(text) {
    this.append('remark', text);
  }

  append(kind, text) {
    const item = document.createElement('li');
    item.className = kind;
    item.textContent = text;
    this.list.append(item);
    this.scroll();
    return item;
  }

  scroll() {
    this.list.scrollTop = this.list.scrollHeight;
  }
}
