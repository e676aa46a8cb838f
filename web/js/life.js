// A face's life of its own, for the time in which the server sends none: blinks, breath and a head
// that is never quite still.

const BLINK_SECONDS = 0.18;

/** The resting face at this many seconds: a function of time alone. */
export function restingFace(names, seconds) {
  const weights = names.map(() => 0);
  // Blinks 2.3 to 5.3 s apart, from incommensurable periods.
  const phase = (seconds + Math.sin(seconds * 0.7)) % 3.8;
  if (phase >= 0 && phase < BLINK_SECONDS) {
    const lid = Math.sin((Math.PI * phase) / BLINK_SECONDS);
    for (const name of ['eyeBlinkLeft', 'eyeBlinkRight']) weights[names.indexOf(name)] = lid;
  }
  const breath = Math.sin((2 * Math.PI * seconds) / 4.2);
  const head = [
    0.025 * Math.sin(seconds * 0.61) + 0.01 * Math.sin(seconds * 1.37),
    0.015 * Math.sin(seconds * 0.47 + 1) - 0.004 * breath,
    0.01 * Math.sin(seconds * 0.38 + 2),
  ];
  return { weights, head };
}
