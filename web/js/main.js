// Puts the page together and keeps its one loop of frames.

import { Captions } from './captions.js';
import { openGraph } from './capture_graph.js';
import { ChatView } from './chat_view.js';
import { Conversation } from './conversation.js';
import { connectControls } from './controls.js';
import { connectDevices } from './device_menu.js';
import { Face } from './face.js';
import { askForKey } from './key_dialog.js';
import { Microphone } from './microphone.js';
import { Moods } from './moods.js';
import { PageView } from './page_view.js';
import { Playout } from './playout.js';
import { RealtimeClient } from './realtime_client.js';
import { Settings } from './settings.js';
import { askConfig, SiteKey } from './site_key.js';
import { Sound } from './sound.js';
import { Talk } from './talk.js';
import { connectVoice } from './voice_controls.js';

const RETRY_MS = 2000;
const REST_FRAME_MS = 28; // a resting face is drawn at most this often,
const REST_FRAME_STRAINED_MS = 200; // or this, where drawing is a strain and delays the answer
const DRY_SECONDS = 0.15; // with the sound this long dry, the face rests too
const STILLNESS = 0.8; // of a resting head, for who wants less motion

const lite = new URLSearchParams(location.search).has('lite');
const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)').matches;
const page = new PageView();
if (lite) document.body.dataset.lite = '';

const key = new SiteKey(browserStorage('sessionStorage'));
const config = await loadConfig();
const settings = new Settings(browserStorage('localStorage'));
if (!config.voices.includes(settings.voice)) settings.voice = config.default_voice;

const sound = new Sound(config.sample_rate);
const playout = new Playout(sound.context, sound.input, config.sample_rate);
const captions = new Captions();
const moods = new Moods();
const face = new Face({
  fps: config.fps,
  names: config.blendshapes,
  position: () => (playout.dry > DRY_SECONDS ? null : playout.position()),
  now: () => performance.now() / 1000,
  stillness: reducedMotion ? STILLNESS : 0,
});

let view = null;
let ownInstructions = '';
const seen = { framesApplied: 0, lastLatencyMs: null, errors: [] };

const client = new RealtimeClient(socketUrl(config.realtime), {
  on(type, event) {
    if (type === 'session.created') ownInstructions = event.session.instructions ?? '';
    conversation.handle(type, event);
  },
  onState(state, detail) {
    if (state === 'lost' || state === 'refused') talk.abandon();
    conversation.connected(state, detail);
    if (state === 'open') page.connected();
    if (state === 'lost') lost(detail);
    if (state === 'refused') enterKey();
  },
  protocols: () => key.protocols,
});

const conversation = new Conversation({
  client,
  playout,
  face,
  captions,
  moods,
  chat: new ChatView({
    scroller: document.getElementById('scroll'),
    list: document.getElementById('chat'),
    empty: document.getElementById('empty'),
  }),
  now: () => performance.now(),
  report: {
    changed: showState,
    latency(ms) {
      seen.lastLatencyMs = ms;
      page.latency(ms);
    },
    trouble(text) {
      seen.errors.push(text);
      page.toast(text);
    },
    notice: (text) => page.toast(text),
    said: (text) => page.announce(text),
  },
});

const microphone = new Microphone({
  devices: navigator.mediaDevices,
  openGraph,
  onState() {
    talk.microphoneChanged();
    if (microphone.open) devices.refresh();
  },
  onChunk(chunk) {
    talk.chunk(chunk);
    voice.level(chunk.db, chunk.seconds);
  },
  onNotice: (text) => page.toast(text),
});

const applySession = () =>
  client.setSession(settings.session(ownInstructions, talk.inputSettings()));
const talk = new Talk({
  client,
  conversation,
  microphone,
  settings,
  applySession,
  report: { changed: showState, hint: (text) => page.toast(text) },
});
const voice = connectVoice({ talk, microphone, settings });
const devices = connectDevices({
  devices: navigator.mediaDevices,
  microphone,
  sound,
  settings,
  onNotice: (text) => page.toast(text),
});

connectControls({
  conversation,
  client,
  sound,
  microphone,
  settings,
  voices: config.voices,
  applySession,
});
watchPermission();

// What a test or a curious person may look at.
window.dhr = {
  state: () => conversation.state,
  microphone: () => microphone.state,
  sending: () => talk.sending,
  get microphoneLevel() {
    return voice.height;
  },
  morph: (name) => view?.weight(name) ?? 0,
  mood,
  level: () => sound.level(),
  get playing() {
    return playout.playing;
  },
  get audioSeconds() {
    return playout.heardInAll;
  },
  get underruns() {
    return playout.underruns;
  },
  get framesApplied() {
    return seen.framesApplied;
  },
  get lastLatencyMs() {
    return seen.lastLatencyMs;
  },
  get errors() {
    return seen.errors;
  },
  get headLoaded() {
    return Boolean(view?.loaded);
  },
  get triangles() {
    return view?.loaded ? view.triangles : 0;
  },
  get drawLevel() {
    return view?.level ?? null;
  },
};

applySession();
client.connect();
requestAnimationFrame(frame);
showHead();

function showState() {
  const { state, busy } = conversation;
  page.state({ state, busy, microphone: microphone.state, handsFree: talk.handsFree });
  voice.show();
}

// What is felt now; also in a gap of the sound, but not after it.
function mood() {
  return moods.at(playout.playing || playout.dry > 0 ? playout.position() : null);
}

let cameAt = 0;
let drawnAt = 0;
function frame(now) {
  requestAnimationFrame(frame);
  const drewLast = drawnAt === cameAt;
  const sinceLast = now - cameAt;
  cameAt = now;
  showState();
  if (settings.captions) page.caption(captions.at(playout.position()));
  page.mood(mood());
  const shown = face.current();
  if (!view?.loaded) return;
  const rest = view.strained ? REST_FRAME_STRAINED_MS : REST_FRAME_MS;
  if (!face.speaking && now - drawnAt < rest) return;
  drawnAt = now;
  view.apply(shown);
  seen.framesApplied++;
  view.draw(drewLast ? sinceLast : null);
  if (!lite && !reducedMotion) page.glow(sound.level());
}

async function showHead() {
  try {
    if (!document.createElement('canvas').getContext('webgl2')) {
      return page.headMissing('The face needs WebGL, which this browser does not offer.');
    }
    // three.js is large: chat and sound do not wait for it.
    const { HeadView } = await import('./head_view.js');
    view = new HeadView(document.getElementById('head'), { lite });
    await view.load(config.head, config.blendshapes, (share) => page.progress(share));
    page.headShown();
  } catch (problem) {
    view = null;
    page.headMissing(`The face could not be loaded (${problem.message}).`);
  }
}

async function loadConfig() {
  for (;;) {
    const { config, refused } = await askConfig(key, fetch);
    if (config) return config;
    if (refused) {
      page.doing('refused');
      await askForKey(key);
      continue;
    }
    // The server is not there: the page says so and goes on asking.
    page.doing('lost');
    page.lost(RETRY_MS);
    await new Promise((done) => setTimeout(done, RETRY_MS));
  }
}

async function lost({ wait, opened }) {
  page.lost(wait);
  // A browser does not tell why a WebSocket was not let in, so the question is put over HTTP.
  if (opened || !(await askConfig(key, fetch)).refused) return;
  client.pause();
  conversation.connected('refused');
  await enterKey();
}

async function enterKey() {
  page.connected();
  await askForKey(key);
  client.retryNow();
}

// Where the browser tells it: a person who allows the microphone later need not guess what to do.
async function watchPermission() {
  try {
    const status = await navigator.permissions.query({ name: 'microphone' });
    status.onchange = () => microphone.permissionChanged(status.state);
  } catch {
    // Not every browser tells.
  }
}

function socketUrl({ port, path }) {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return `${scheme}://${location.hostname}:${port}${path}?model=digital-human`;
}

// Reading a storage throws where a browser forbids it.
function browserStorage(name) {
  try {
    return window[name];
  } catch {
    return null;
  }
}
