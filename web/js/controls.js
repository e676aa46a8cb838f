// The person's hand: the composer, the buttons, the keys and the settings.

const find = (id) => document.getElementById(id);
const COMPOSER_LINES_PX = 132;

/** `applySession()` sends the settings to the server. */
export function connectControls({
  conversation,
  client,
  sound,
  microphone,
  settings,
  voices,
  applySession,
}) {
  connectComposer(conversation, sound);
  connectInterrupt(conversation);
  connectToggles(sound, settings);
  connectSettings(settings, voices, applySession);
  find('try-now').addEventListener('click', () => client.retryNow());
  window.addEventListener('online', () => client.retryNow());
  window.addEventListener('offline', () => client.dropSocket());
  // A phone that was locked may have put the sound to sleep; any touch wakes it.
  const wake = () => {
    sound.wake();
    microphone.wake();
  };
  document.addEventListener('pointerdown', wake);
  document.addEventListener('keydown', wake);
}

function connectComposer(conversation, sound) {
  const text = find('text');
  const fit = () => {
    text.style.height = 'auto';
    text.style.height = `${Math.min(text.scrollHeight, COMPOSER_LINES_PX)}px`;
  };
  const send = (words) => {
    sound.wake();
    if (!words.trim() || !conversation.say(words.trim())) return;
    text.value = '';
    fit();
  };
  text.addEventListener('input', fit);
  text.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send(text.value);
  });
  find('form').addEventListener('submit', (event) => {
    event.preventDefault();
    send(text.value);
  });
  for (const button of document.querySelectorAll('[data-say]')) {
    button.addEventListener('click', () => {
      send(button.textContent);
      text.focus();
    });
  }
  // On a phone the keyboard would cover half of the page before anybody asked for it.
  if (matchMedia('(pointer: fine)').matches) text.focus();
}

function connectInterrupt(conversation) {
  find('interrupt').addEventListener('click', () => {
    conversation.interrupt();
    find('text').focus({ preventScroll: true });
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !document.querySelector('dialog[open]')) conversation.interrupt();
  });
}

function connectToggles(sound, settings) {
  const connect = (id, name, apply) => {
    const show = () => {
      find(id).setAttribute('aria-pressed', String(settings[name]));
      apply(settings[name]);
    };
    find(id).addEventListener('click', () => {
      settings.set({ [name]: !settings[name] });
      show();
    });
    show();
  };
  connect('mute', 'muted', (muted) => (sound.muted = muted));
  connect('captions', 'captions', (shown) => (find('caption').hidden = !shown));
}

function connectSettings(settings, voices, applySession) {
  const dialog = find('settings');
  find('voice').append(...voices.map((name) => new Option(name)));
  find('open-settings').addEventListener('click', () => {
    find('voice').value = settings.voice;
    find('instructions').value = settings.instructions;
    dialog.showModal();
  });
  // A click beside the dialog closes it, as Esc does.
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => {
    const chosen = { voice: find('voice').value, instructions: find('instructions').value };
    if (chosen.voice === settings.voice && chosen.instructions === settings.instructions) return;
    settings.set(chosen);
    applySession();
  });
}
