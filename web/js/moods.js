// What is felt in an answer, from which moment of its sound on.

const SHOWN_FROM = 0.2; // a feeling that is weaker does not show

/** Its names for a person, by the server's. */
const WORDS = {
  joy: 'glad',
  confidence: 'confident',
  surprise: 'surprised',
  thoughtfulness: 'thoughtful',
  concern: 'concerned',
};

export class Moods {
  constructor() {
    this.clear();
  }

  clear() {
    this.turns = [];
  }

  /** From `from` seconds of the answer on these weights are felt. They come in the sound's order. */
  add(from, emotions) {
    this.turns.push({ from, emotions });
  }

  /** The strongest feeling at this position: {name, word, weight}, or null for none. */
  at(seconds) {
    if (seconds === null) return null;
    const now = this.turns.findLast(({ from }) => from <= seconds);
    if (!now) return null;
    const [name, weight] = Object.entries(now.emotions).reduce((a, b) => (b[1] > a[1] ? b : a));
    if (!(weight >= SHOWN_FROM)) return null;
    return { name, word: WORDS[name] ?? name, weight };
  }
}
