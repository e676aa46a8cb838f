// The menus of microphones and loudspeakers in the settings.

import { chosenEntry, deviceEntries } from './devices.js';

const find = (id) => document.getElementById(id);

/**
 * `devices` is navigator.mediaDevices, absent where the page is not secure. Returns {refresh()}: the
 * devices, or what may be known of them, are others.
 */
export function connectDevices({ devices, microphone, sound, settings, onNotice }) {
  const microphones = find('microphones');
  const loudspeakers = find('loudspeakers');
  let playsThrough = '';

  const useLoudspeaker = async (id) => {
    if (id === playsThrough) return;
    try {
      await sound.useLoudspeaker(id);
      playsThrough = id;
    } catch {
      onNotice('The chosen loudspeaker does not answer. The one before is kept.');
    }
  };
  const refresh = async () => {
    const found = (await devices?.enumerateDevices?.()) ?? [];
    const inputs = deviceEntries(found, 'audioinput');
    const outputs = deviceEntries(found, 'audiooutput');
    fill(microphones, inputs, settings.microphone);
    fill(loudspeakers, outputs, settings.loudspeaker);
    const named = found.some((device) => device.label);
    find('devices-hint').hidden = named;
    find('microphone-off').disabled = !microphone.open;
    // A chosen loudspeaker that was unplugged gives way to the default one, and comes back.
    if (named) await useLoudspeaker(chosenEntry(outputs, settings.loudspeaker));
  };

  find('loudspeaker-choice').hidden = !sound.choosesLoudspeaker;
  microphones.addEventListener('change', () => {
    settings.set({ microphone: microphones.value });
    if (microphone.open) microphone.start(settings.microphone);
  });
  loudspeakers.addEventListener('change', () => {
    settings.set({ loudspeaker: loudspeakers.value });
    useLoudspeaker(settings.loudspeaker);
  });
  find('microphone-off').addEventListener('click', () => microphone.stop());
  find('open-settings').addEventListener('click', refresh);
  devices?.addEventListener?.('devicechange', refresh);
  return { refresh };
}

function fill(menu, entries, chosen) {
  menu.replaceChildren(...entries.map(({ id, label }) => new Option(label, id)));
  menu.value = chosenEntry(entries, chosen);
}
