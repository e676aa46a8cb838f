// The words of an answer as lines to read while they are heard. The times come with bare words; how
// they are written, with their commas and stops, is in the transcript, which is ahead of them.

const LINE_CHARACTERS = 44;
const SENTENCE_CHARACTERS = 16; // a sentence shorter than this shares its line with the next
const PAUSE_SECONDS = 0.7;
const SEARCH_CHARACTERS = 40; // a word that is not this near is not the one in the transcript
const LINGER_SECONDS = 0.8; // a line stays this long after its last word

export class Captions {
  constructor() {
    this.clear();
  }

  clear() {
    this.lines = [];
    this.transcript = '';
    this.cursor = 0;
  }

  /** The next piece of the transcript. */
  read(text) {
    this.transcript += text;
  }

  /** The next word, heard from `from` until `until`, seconds of the answer. */
  add(word, from, until) {
    const text = this.written(word);
    const spoken = { text, from, until, end: this.cursor };
    const line = this.lines.at(-1);
    if (!line || breaks(line, text, from)) {
      this.lines.push({ words: [spoken], characters: text.length, until });
      return;
    }
    line.words.push(spoken);
    line.characters += 1 + text.length;
    line.until = until;
  }

  // The word with the signs that stand around it in the transcript.
  written(word) {
    const at = this.transcript.indexOf(word, this.cursor);
    if (at < 0 || at > this.cursor + SEARCH_CHARACTERS) return word;
    const before = this.transcript.slice(this.cursor, at).match(/[^\s\p{L}\p{N}]*$/u)[0];
    const rest = this.transcript.slice(at + word.length);
    const after = rest.match(/^[^\s\p{L}\p{N}]+(?=\s|$)/u)?.[0] ?? '';
    this.cursor = at + word.length + after.length;
    return before + word + after;
  }

  /**
   * The transcript up to the last word of which at least half was heard, or null where no times of
   * words came.
   */
  textUntil(seconds) {
    if (this.lines.length === 0) return null;
    const words = this.lines.flatMap((line) => line.words);
    const last = words.findLast(({ from, until }) => (from + until) / 2 <= seconds);
    return last ? this.transcript.slice(0, last.end) : '';
  }

  /** What to show at this position: {line, word} with the index of the word, or null. */
  at(seconds) {
    if (seconds === null) return null;
    let index = this.lines.length - 1;
    while (index >= 0 && this.lines[index].words[0].from > seconds) index--;
    const line = this.lines[index];
    if (!line || seconds > line.until + LINGER_SECONDS) return null;
    let word = line.words.length - 1;
    while (word > 0 && line.words[word].from > seconds) word--;
    return { line, word };
  }
}

function breaks(line, text, from) {
  if (line.characters + 1 + text.length > LINE_CHARACTERS) return true;
  if (from - line.until > PAUSE_SECONDS) return true;
  return /[.!?]["')\]]?$/.test(line.words.at(-1).text) && line.characters >= SENTENCE_CHARACTERS;
}
