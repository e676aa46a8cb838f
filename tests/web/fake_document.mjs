// As much of a document as the chat needs: elements with classes, data, text and an order.

class FakeElement {
  constructor() {
    this.children = [];
    this.parent = null;
    this.dataset = {};
    this.classes = new Set();
    this.attributes = {};
    this.classList = {
      add: (...names) => names.forEach((name) => this.classes.add(name)),
      remove: (...names) => names.forEach((name) => this.classes.delete(name)),
      contains: (name) => this.classes.has(name),
    };
    this.scrollHeight = this.scrollTop = this.clientHeight = 0;
  }

  set className(text) {
    this.classes = new Set(text.split(' '));
  }

  set textContent(text) {
    this.children = text ? [text] : [];
  }

  get textContent() {
    return this.children.map((child) => child.textContent ?? child).join('');
  }

  get lastElementChild() {
    return this.children.at(-1);
  }

  get childElementCount() {
    return this.children.length;
  }

  get isConnected() {
    return this.parent !== null;
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  append(...children) {
    for (const child of children) {
      if (child instanceof FakeElement) child.parent = this;
      this.children.push(child);
    }
  }

  before(element) {
    element.remove();
    this.parent.children.splice(this.parent.children.indexOf(this), 0, element);
    element.parent = this.parent;
  }

  remove() {
    if (!this.parent) return;
    this.parent.children.splice(this.parent.children.indexOf(this), 1);
    this.parent = null;
  }
}

export const fakeDocument = { createElement: () => new FakeElement() };
