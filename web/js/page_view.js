// What the page shows around the head and the chat: state, first sound, captions, progress, toasts.

const TOAST_MS = 6000;

const STATE_LABELS = {
  connecting: 'Connecting',
  listening: 'Listening',
  thinking: 'Thinking',
  speaking: 'Speaking',
  ready: 'Resting',
  lost: 'Reconnecting',
  refused: 'Waiting for a key',
};

// What a resting face waits for, by the microphone's state and by the way to talk.
function waitsFor(microphone, handsFree) {
  if (microphone === 'on') return handsFree ? 'say something' : 'hold to talk';
  return microphone === 'muted' ? 'microphone muted' : 'microphone off';
}

export class PageView {
  constructor(root = document) {
    this.find = (id) => root.getElementById(id);
    this.body = root.body;
    this.toastTimer = 0;
    this.line = null;
    this.word = -1;
    this.glowing = 0;
  }

  /** Called for every frame; touches the page only when something has changed. */
  state({ state, busy, microphone, handsFree }) {
    const rest = state === 'ready' ? waitsFor(microphone, handsFree) : '';
    if (state === this.shownState && rest === this.shownRest && busy === this.shownBusy) return;
    this.shownBusy = busy;
    this.doing(state, rest);
    this.find('interrupt').disabled = !busy;
    this.find('send').disabled = !['ready', 'listening', 'thinking', 'speaking'].includes(state);
  }

  /** What it is doing, and what a resting face waits for. */
  doing(state, rest = '') {
    this.shownState = state;
    this.shownRest = rest;
    this.body.dataset.state = state;
    const text = rest ? `${STATE_LABELS[state]}, ${rest}` : STATE_LABELS[state];
    if (this.find('state').textContent !== text) this.find('state').textContent = text;
  }

  /** The connection is gone and will be tried again in `ms`, or when a person wants it (null). */
  lost(ms) {
    const seconds = Math.max(1, Math.round(ms / 1000));
    this.find('lost-text').textContent =
      ms === null ? 'The connection is lost.' : `The connection is lost. Next try in ${seconds} s.`;
    this.find('lost').hidden = false;
  }

  connected() {
    this.find('lost').hidden = true;
  }

  /** What is felt now, as Moods.at gives it. */
  mood(felt) {
    const name = felt?.name ?? '';
    if (name === this.shownMood) return;
    this.shownMood = name;
    this.body.dataset.mood = name;
    this.find('mood').textContent = felt?.word ?? '';
    this.find('mood').hidden = !felt;
  }

  latency(ms) {
    this.find('latency-ms').textContent = ms;
    this.find('latency').hidden = false;
  }

  /** `shown` is what Captions.at gives. */
  caption(shown) {
    const line = shown?.line ?? null;
    const box = this.find('caption');
    if (line !== this.line || (line && line.words.length !== box.childElementCount)) {
      this.line = line;
      this.word = -1;
      box.replaceChildren(
        ...(line?.words ?? []).map(({ text }) => {
          const span = document.createElement('span');
          span.textContent = `${text} `;
          return span;
        }),
      );
    }
    if (!line || shown.word === this.word) return;
    this.word = shown.word;
    for (const [i, span] of [...box.children].entries())
      span.classList.toggle('heard', i <= this.word);
  }

  /** Lets the light behind the head follow the voice; `level` as Sound.level gives it. */
  glow(level) {
    const wanted = Math.min(level * 5, 1);
    const next = this.glowing + (wanted - this.glowing) * (wanted > this.glowing ? 0.35 : 0.08);
    if (Math.abs(next - this.glowing) < 0.002) return;
    this.glowing = next;
    this.find('glow').style.opacity = (0.35 + 0.65 * next).toFixed(3);
  }

  /** Says something to a screen reader alone. */
  announce(text) {
    this.find('announcer').textContent = text;
  }

  /** How much of the head is there, from 0 to 1. */
  progress(share) {
    this.find('progress').value = share;
  }

  headShown() {
    this.find('loading').hidden = true;
    this.body.dataset.head = 'shown';
  }

  /** There will be no head, and why. */
  headMissing(why) {
    this.find('progress').hidden = true;
    this.find('loading-text').textContent = `${why} The chat and the voice work all the same.`;
    this.find('loading').hidden = false;
    this.body.dataset.head = 'missing';
  }

  toast(text) {
    const toast = this.find('toast');
    toast.textContent = text;
    toast.classList.add('shown');
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => toast.classList.remove('shown'), TOAST_MS);
  }
}
