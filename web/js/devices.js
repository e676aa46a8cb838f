// Which microphones and loudspeakers there are, as entries of a menu.

/**
 * The entries {id, label} for `kind` ("audioinput" or "audiooutput") of what enumerateDevices gave.
 * The first is the default device, '' to the page. Before the microphone was allowed, browsers tell
 * neither names nor ids: then there is nothing to choose from but the default.
 */
export function deviceEntries(devices, kind) {
  const entries = [{ id: '', label: defaultLabel(devices, kind) }];
  for (const { kind: own, deviceId, label } of devices) {
    if (own !== kind || !deviceId || deviceId === 'default' || deviceId === 'communications')
      continue;
    const name = kind === 'audioinput' ? 'Microphone' : 'Loudspeaker';
    entries.push({ id: deviceId, label: label || `${name} ${entries.length}` });
  }
  return entries;
}

// Chromium says of its default which device that is: "Default - Headset".
function defaultLabel(devices, kind) {
  const own = devices.find((device) => device.kind === kind && device.deviceId === 'default');
  const name = own?.label.replace(/^default\s*[-–:]\s*/i, '');
  return name && name !== own.label ? `Default (${name})` : 'Default';
}

/** The entry that is in effect: the chosen one, or the default where that is not there (now). */
export function chosenEntry(entries, id) {
  return entries.some((entry) => entry.id === id) ? id : '';
}
