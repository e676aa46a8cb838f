// What a person has chosen, kept in the browser.

const KEY = 'digital-human';
const DEFAULTS = {
  voice: '',
  instructions: '',
  muted: false,
  captions: true,
  talkMode: 'hands-free',
  microphone: '', // a device's id; '' is the default device
  loudspeaker: '',
};

/** `storage` is localStorage or its like; a browser that keeps nothing is no obstacle. */
export class Settings {
  constructor(storage) {
    this.storage = storage;
    Object.assign(this, DEFAULTS, read(storage));
  }

  set(changes) {
    Object.assign(this, changes);
    const kept = Object.fromEntries(Object.keys(DEFAULTS).map((name) => [name, this[name]]));
    try {
      this.storage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // Full or forbidden: the choice holds until the page is closed.
    }
  }

  /**
   * The protocol's session object. `ownInstructions` is what the server came with, `input` how it
   * is to listen.
   */
  session(ownInstructions, input) {
    return {
      type: 'realtime',
      output_modalities: ['audio'],
      audio: { input, output: { voice: this.voice } },
      ...sessionInstructions(this.instructions, ownInstructions),
      animation: { model_name: 'default', outputs: ['blendshapes', 'viseme_id'] },
      output_audio_timestamp_types: ['word'],
      digital_human: { idle_animation: true },
    };
  }
}

// An empty choice gives the server its own instructions back.
function sessionInstructions(chosen, own) {
  const instructions = chosen.trim() || own;
  return instructions ? { instructions } : {};
}

// Only what has the right type is taken over: anything may stand in a storage.
function read(storage) {
  try {
    const kept = JSON.parse(storage.getItem(KEY)) ?? {};
    return Object.fromEntries(
      Object.entries(kept).filter(([name, value]) => typeof value === typeof DEFAULTS[name]),
    );
  } catch {
    return {};
  }
}
