// Which events were received, so that none counts twice when a lost connection is made good.

const REMEMBERED = 4096;

export class EventLog {
  constructor() {
    this.lastId = null;
    this.ids = new Set(); // in the order in which they came
  }

  /** Notes an event; false when it was there before. One without an id is always new. */
  take(id) {
    if (!id) return true;
    if (this.ids.has(id)) return false;
    this.ids.add(id);
    this.lastId = id;
    if (this.ids.size > REMEMBERED) this.ids.delete(this.ids.values().next().value);
    return true;
  }
}
