// Puts the page together and keeps its one loop of frames.

import { Captions } from './captions.js';
import { ChatView } from './chat_view.js';
import { Conversation } from './conversation.js';
import { connectControls } from './controls.js';
import { Face } from './face.js';
import { PageView } from './page_view.js';
import { Playout } from './playout.js';
import { RealtimeClient } from './realtime_client.js';
import { Settings } from './settings.js';
import { Sound } from './sound.js';

const RETRY_MS = 2000;
const REST_FRAME_MS = 28; // a resting face is drawn at most this often,
const REST_FRAME_STRAINED_MS = 200; // or this, where drawing is a strain and delays the answer
const DRY_SECONDS = 0.15; // with the sound this long dry, the face rests too
const STILLNESS = 0.8; // of a resting head, for who wants less motion

const lite = new URLSearchParams(location.search).has('lite');
const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)').matches;
const page = new PageView();
if (lite) document.body.dataset.lite = '';

const config = await loadConfig();
const settings = new Settings(browserStorage());
if (!config.voices.includes(settings.voice)) settings.voice = config.default_voice;

const sound = new Sound(config.sample_rate);
const playout = new Playout(sound.context, sound.input, config.sample_rate);
const captions = new Captions();
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
    conversation.connected(state);
    if (state === 'open') page.connected();
    if (state === 'lost') page.lost(detail.wait);
  },
});

const conversation = new Conversation({
  client,
  playout,
  face,
  captions,
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

connectControls({
  conversation,
  client,
  sound,
  settings,
  voices: config.voices,
  applySession: () => client.setSession(settings.session(ownInstructions)),
});

// What a test or a curious person may look at.
window.dhr = {
  state: () => conversation.state,
  morph: (name) => view?.weight(name) ?? 0,
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

client.connect();
requestAnimationFrame(frame);
showHead();

function showState() {
  page.state(conversation.state, conversation.busy);
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
    try {
      const reply = await fetch('/config.json');
      if (reply.ok) return await reply.json();
    } catch {
      // The server is not there: the page says so and goes on asking.
    }
    page.state('lost', false);
    page.lost(RETRY_MS);
    await new Promise((done) => setTimeout(done, RETRY_MS));
  }
}

function socketUrl({ port, path }) {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return `${scheme}://${location.hostname}:${port}${path}?model=digital-human`;
}

// Reading localStorage throws where a browser forbids it.
function browserStorage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
