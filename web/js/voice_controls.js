// The microphone's button, its meter, the switch between the two ways to talk, and the Space key.

import { Meter } from './level.js';
import { MICROPHONE_MESSAGES } from './microphone.js';
import { PUSH_TO_TALK } from './talk.js';

const find = (id) => document.getElementById(id);

const LABELS = {
  off: 'Start talking',
  asking: 'Asking you…',
  insecure: 'Needs https',
  denied: 'Not allowed',
  none: 'No microphone',
  failed: 'No answer',
  on: 'Mic on',
  muted: 'Muted',
};

/**
 * Returns {show(), level(db, seconds), height}: what has changed is shown, the meter follows the
 * voice, and its needle's height from 0 to 1.
 */
export function connectVoice({ talk, microphone, settings }) {
  const button = find('microphone');
  const shown = {};
  const meter = new Meter();
  connectButton(button, talk);
  connectSpace(talk);
  for (const input of document.querySelectorAll('#mode input')) {
    input.checked = input.value === settings.talkMode;
    input.addEventListener('change', () => talk.setMode(input.value));
  }
  // A hand that leaves the page no longer holds anything.
  window.addEventListener('blur', () => talk.abandon());
  return {
    show() {
      const { state } = microphone;
      const wanted = {
        label: label(talk, state),
        pressed: talk.handsFree ? state === 'on' : talk.holding,
        note: MICROPHONE_MESSAGES[state] ?? '',
        mode: talk.handsFree ? 'hands-free' : PUSH_TO_TALK,
        look: talk.holding ? 'held' : state,
      };
      const same = Object.entries(wanted).every(([name, value]) => shown[name] === value);
      if (same) return;
      Object.assign(shown, wanted);
      find('microphone-label').textContent = wanted.label;
      find('microphone-note').textContent = wanted.note;
      button.setAttribute('aria-pressed', String(wanted.pressed));
      button.title = title(talk, state);
      button.dataset.microphone = wanted.look;
      document.body.dataset.talk = wanted.mode;
    },
    level(db, seconds) {
      if (talk.sending) meter.show(db, seconds);
      else meter.clear();
      find('meter').style.setProperty('--level', meter.height.toFixed(3));
    },
    get height() {
      return meter.height;
    },
  };
}

function label(talk, state) {
  if (talk.handsFree || (state !== 'on' && state !== 'muted')) return LABELS[state];
  return talk.holding ? 'Listening' : 'Hold to talk';
}

function title(talk, state) {
  if (!talk.handsFree && (state === 'on' || state === 'muted')) {
    return 'Keep the button or the Space key down while you talk';
  }
  return (
    { on: 'Mute the microphone', muted: 'Unmute the microphone' }[state] ?? 'Turn the microphone on'
  );
}

// Hands-free the button is a switch. Else it is held, by a finger, the mouse or a key; a program
// that can only click (a screen reader's) clicks to begin and to end.
function connectButton(button, talk) {
  button.addEventListener('click', (event) => {
    if (talk.handsFree) talk.toggle();
    else if (event.detail === 0) talk.holding ? talk.release() : talk.press();
  });
  button.addEventListener('pointerdown', (event) => {
    if (talk.handsFree || event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    talk.press();
  });
  for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) {
    button.addEventListener(end, () => talk.release());
  }
  button.addEventListener('contextmenu', (event) => event.preventDefault());
  button.addEventListener('keydown', (event) => {
    if (talk.handsFree || (event.key !== ' ' && event.key !== 'Enter')) return;
    event.preventDefault();
    if (!event.repeat) talk.press();
  });
  button.addEventListener('keyup', (event) => {
    if (talk.handsFree || (event.key !== ' ' && event.key !== 'Enter')) return;
    event.preventDefault();
    talk.release();
  });
}

// The Space key talks wherever it has nothing else to do; at the beginning of a message it would
// write only a blank.
function connectSpace(talk) {
  let held = false;
  const isFree = (target) => {
    if (target.closest('dialog')) return false;
    if (target.id === 'text') return target.value === '';
    return !target.closest('button, input, select, textarea, label, a');
  };
  document.addEventListener('keydown', (event) => {
    if (event.key !== ' ' || talk.handsFree || (!held && !isFree(event.target))) return;
    event.preventDefault();
    if (event.repeat || held) return;
    held = true;
    talk.press();
  });
  document.addEventListener('keyup', (event) => {
    if (event.key !== ' ' || !held) return;
    held = false;
    talk.release();
  });
  window.addEventListener('blur', () => (held = false));
}
