// The key that a server may ask for before it lets a page in, kept until the tab is closed.

const NAME = 'digital-human-key';
// The subprotocols of a WebSocket are tokens (RFC 9110, 5.6.2), and the key travels as one.
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

export class SiteKey {
  /** `storage` is sessionStorage or its like; without one the key is forgotten with the page. */
  constructor(storage) {
    this.storage = storage;
    this.value = read(storage);
  }

  /** Takes a key that a person typed; false where it cannot be one. */
  set(text) {
    const key = text.trim();
    if (!TOKEN.test(key)) return false;
    this.value = key;
    try {
      this.storage.setItem(NAME, key);
    } catch {
      // Full or forbidden: the key holds until the page is left.
    }
    return true;
  }

  /** The subprotocols that a WebSocket offers. */
  get protocols() {
    return this.value ? ['realtime', `openai-insecure-api-key.${this.value}`] : [];
  }

  /** The headers of an HTTP request. */
  get headers() {
    return this.value ? { Authorization: `Bearer ${this.value}` } : {};
  }
}

/**
 * The server's config.json as {config}; {refused: true} where it wants a key, or another one; {}
 * where it is not there.
 */
export async function askConfig(key, fetch) {
  try {
    const reply = await fetch('/config.json', { headers: key.headers, cache: 'no-store' });
    if (reply.status === 401) return { refused: true };
    return reply.ok ? { config: await reply.json() } : {};
  } catch {
    return {};
  }
}

function read(storage) {
  try {
    const key = storage.getItem(NAME) ?? '';
    return TOKEN.test(key) ? key : '';
  } catch {
    return '';
  }
}
