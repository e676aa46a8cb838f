// Puts the page together: the socket, the sound, the face and the chat.

import { ChatView } from './chat_view.js';
import { Face } from './face.js';
import { framesOf } from './face_track.js';
import { canDraw, HeadView } from './head_view.js';
import { decodePcm16 } from './pcm.js';
import { Playout } from './playout.js';
import { RealtimeClient } from './realtime_client.js';

const $ = (id) => document.getElementById(id);
const lite = new URLSearchParams(location.search).has('lite');

const config = await loadConfig();

async function loadConfig() {
  try {
    const answer = await fetch('/config.json');
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    return await answer.json();
  } catch (problem) {
    document.body.dataset.state = 'lost';
    $('state').textContent = 'the server cannot be reached';
    $('loading').textContent = `The page could not load its settings (${problem.message}). Reload it when the server runs.`;
    throw problem;
  }
}
const names = config.blendshapes;

// At the voice's own rate, so that chunks join without being resampled one by one.
const audio = new AudioContext({ sampleRate: config.sample_rate });
const volume = audio.createGain();
volume.connect(audio.destination);
const playout = new Playout(audio, volume);
const chat = new ChatView($('chat'));
const face = new Face({
  fps: config.fps,
  names,
  position: () => playout.position(),
  now: () => performance.now() / 1000,
});

let view = null;
let askedAt = null;

// What a test or a curious person may look at.
const seen = { state: 'connecting', framesApplied: 0, audioSeconds: 0, lastLatencyMs: null, errors: [] };
window.dhr = {
  get state() { return seen.state; },
  get framesApplied() { return seen.framesApplied; },
  get audioSeconds() { return seen.audioSeconds; },
  get lastLatencyMs() { return seen.lastLatencyMs; },
  get errors() { return seen.errors; },
  get playing() { return playout.playing; },
  get heardSeconds() { return Math.max(0, playout.position() ?? 0); },
  get headLoaded() { return Boolean(view?.loaded); },
  morph: (name) => view?.weight(name) ?? 0,
};

function setState(state, label) {
  seen.state = state;
  if ($('state').textContent === label) return; // a live region speaks at every change
  document.body.dataset.state = state;
  $('state').textContent = label;
}

function busy() {
  return client.answering || playout.playing;
}

function showActivity() {
  if (seen.state === 'connecting' || seen.state === 'lost') return;
  if (client.answering && !playout.playing) setState('thinking', 'thinking');
  else if (busy()) setState('speaking', 'speaking');
  else setState('ready', 'ready');
  $('interrupt').disabled = !busy();
}

function sessionSettings() {
  const session = {
    type: 'realtime',
    output_modalities: ['audio'],
    audio: { output: { voice: $('voice').value } },
    animation: { model_name: 'default', outputs: ['blendshapes', 'viseme_id'] },
    output_audio_timestamp_types: ['word'],
    digital_human: { idle_animation: true },
  };
  const instructions = $('instructions').value.trim();
  if (instructions) session.instructions = instructions;
  return session;
}

const handlers = {
  'response.created': (event) => {
    playout.begin();
    face.beginAnswer();
    chat.beginAnswer();
  },
  'response.output_audio_transcript.delta': (event) => chat.more(event.delta),
  'response.output_text.delta': (event) => chat.more(event.delta),
  'response.output_audio.delta': (event) => {
    const samples = decodePcm16(event.delta);
    playout.add(samples);
    if (askedAt !== null) {
      // Until it is heard: the lead and the output's latency are part of what the person waits.
      const ahead = Math.max(0, -playout.position()) * 1000;
      seen.lastLatencyMs = Math.round(performance.now() - askedAt + ahead);
      $('latency').textContent = `first sound after ${seen.lastLatencyMs} ms`;
      askedAt = null;
    }
    seen.audioSeconds += samples.length / config.sample_rate;
  },
  'response.animation_blendshapes.delta': (event) => face.addAnswer(event.frame_index, framesOf(event)),
  'digital_human.idle.delta': (event) => face.addIdle(event.frame_index, framesOf(event)),
  'response.done': (event) => {
    chat.endAnswer(event.response.status);
    const problem = event.response.status_details?.error;
    if (event.response.status === 'failed') {
      chat.remark(`The answer failed: ${problem?.message ?? 'no reason was given'}`);
    }
  },
  interrupted: () => chat.endAnswer('cancelled'),
  'digital_human.notice': (event) => toast(event.message),
  'digital_human.session_closed': (event) => chat.remark(event.message),
  error: (event) => {
    // A cancel that crosses the answer's end is nobody's mistake.
    if (event.error.code === 'response_cancel_not_active') return;
    seen.errors.push(event.error.message);
    toast(event.error.message);
  },
};

const client = new RealtimeClient(
  `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.hostname}:${config.realtime.port}${config.realtime.path}?model=digital-human`,
  {
    on: (type, event) => {
      handlers[type]?.(event);
      showActivity();
    },
    onState: (state, detail) => {
      if (state === 'connecting') return setState('connecting', 'connecting');
      if (state === 'open') {
        setState('ready', 'ready');
        $('send').disabled = false;
        return showActivity();
      }
      chat.endAnswer('cancelled');
      face.endAnswer();
      playout.stop();
      $('send').disabled = true;
      askedAt = null;
      setState('lost', `connection lost, trying again in ${Math.round(detail.wait / 1000) || 1} s`);
    },
  },
);

function interrupt() {
  client.interrupt();
  askedAt = null;
  playout.stop();
  chat.endAnswer('cancelled');
  face.endAnswer();
  showActivity();
}

let toastTimer = 0;
function toast(text) {
  $('toast').textContent = text;
  $('toast').classList.add('shown');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => $('toast').classList.remove('shown'), 6000);
}

$('form').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = $('text').value.trim();
  if (!text || $('send').disabled) return;
  audio.resume();
  if (busy()) interrupt();
  chat.person(text);
  askedAt = performance.now();
  client.ask(text);
  $('text').value = '';
});
$('interrupt').addEventListener('click', interrupt);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && busy()) interrupt();
});
$('mute').addEventListener('click', () => {
  const muted = $('mute').getAttribute('aria-pressed') !== 'true';
  $('mute').setAttribute('aria-pressed', String(muted));
  $('mute').textContent = muted ? 'Unmute' : 'Mute';
  volume.gain.setTargetAtTime(muted ? 0 : 1, audio.currentTime, 0.01);
});
for (const name of config.voices) $('voice').append(new Option(name, name, false, name === config.default_voice));
for (const id of ['voice', 'instructions']) {
  $(id).addEventListener('change', () => client.setSession(sessionSettings()));
}

function frame() {
  requestAnimationFrame(frame);
  const shown = face.current();
  if (view?.loaded) {
    view.apply(names, shown);
    seen.framesApplied++;
    view.draw();
  }
  showActivity();
}

async function showHead() {
  if (!canDraw()) {
    $('loading').textContent = 'This browser has no WebGL, so the face cannot be shown. The chat and the voice work.';
    return;
  }
  try {
    view = new HeadView($('stage'), { lite });
    await view.load(config.head, (share) => {
      $('loading').textContent = `The face is loading, ${Math.round(share * 100)} %`;
    });
    $('loading').hidden = true;
  } catch (problem) {
    $('loading').textContent = `The face could not be loaded (${problem.message}). The chat and the voice work.`;
  }
}

client.setSession(sessionSettings());
client.connect();
requestAnimationFrame(frame);
await showHead();
