// A person talks to the page: Chromium's fake microphone plays a spoken question from a file, each
// time that the microphone is opened. Hands-free the question is heard, written and answered; with
// the button held likewise; spoken into an answer it silences that one. A connection that is lost in
// the middle of an answer is made good.
//
// MICROPHONE_SPEECH     a WAV file (16 bit, mono) that says QUESTION
// MICROPHONE_SCREENSHOT      a file for a picture of the page while it listens (optional)
// For the rest see browser.mjs.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { complaints, launch, openPage } from './browser.mjs';
import { paddedWav } from './wav.mjs';

const { MICROPHONE_SPEECH: speech, MICROPHONE_SCREENSHOT: screenshot } = process.env;
assert.ok(speech, 'MICROPHONE_SPEECH must name a WAV file');

const QUESTION = /lighthouse/i; // what of the question must have been understood
const LEAD_SECONDS = 1.2; // of silence before the question: time to take hold of the button
const TRAIL_SECONDS = 30; // after it: nobody speaks until the microphone is opened anew
const SILENCE = 1e-4; // effective value of the output

const person = '[...document.querySelectorAll("#chat .person:not(.partial)")]';
const understood = (count) =>
  `${person}.filter((item) => ${QUESTION}.test(item.innerText)).length >= ${count}`;
const answers = 'document.querySelectorAll("#chat .human").length';

async function hearsAndAnswers({ page, until, value }) {
  await until('window.dhr?.state() === "ready" && dhr.headLoaded && dhr.triangles > 1000');
  assert.match(await page.$eval('#state', (line) => line.innerText), /microphone off/);
  await page.click('#microphone');
  await until('dhr.microphone() === "on" && dhr.sending()');
  assert.equal(await page.$eval('#microphone', (it) => it.getAttribute('aria-pressed')), 'true');
  await until('dhr.microphoneLevel > 0.3');
  await until('dhr.state() === "listening"');
  if (screenshot) await page.screenshot({ path: screenshot });
  console.log('ok - the meter moves and the page listens');
  await until(understood(1));
  await until('dhr.state() === "speaking" && dhr.level() > 0.001');
  assert.equal(await value(answers), 1);
  console.log(`ok - heard, written, answered: ${await value('dhr.lastLatencyMs')} ms to the sound`);
  await until('dhr.state() === "ready"');
  await closeMicrophone({ page, until });
}

async function isInterruptedByVoice({ page, until, value, ask }) {
  await ask('Tell me something long about the sea.');
  await until('dhr.state() === "speaking" && dhr.level() > 0.001');
  await page.click('#microphone');
  await until('dhr.state() === "listening"');
  assert.equal(await value('dhr.playing'), false, 'the voice of a person silences the answer');
  await until(`dhr.level() < ${SILENCE}`);
  await until(understood(2));
  await until('dhr.state() === "speaking" && dhr.level() > 0.001');
  const notes = await page.$$eval('#chat .human', (items) => items.map((it) => it.dataset.note));
  assert.equal(notes[1], 'interrupted');
  console.log('ok - talking into an answer silences it, and is answered');
  await page.keyboard.press('Escape');
  await closeMicrophone({ page, until });
}

async function listensWhileHeld({ page, until, value }, seconds) {
  const before = await value(answers);
  await page.click('#mode input[value="push-to-talk"]');
  await page.focus('#scroll');
  await page.keyboard.press('Space'); // the first press opens the microphone
  await until('dhr.microphone() === "on"');
  assert.equal(await value('dhr.sending()'), false);
  await page.keyboard.down('Space');
  await until('dhr.state() === "listening" && dhr.sending()');
  await new Promise((done) => setTimeout(done, 1000 * (LEAD_SECONDS + seconds + 0.3)));
  assert.equal(await value(answers), before, 'nothing is answered while the key is down');
  await page.keyboard.up('Space');
  await until(understood(3));
  await until(`${answers} > ${before} && dhr.state() === "speaking" && dhr.level() > 0.001`);
  console.log('ok - while the key is held the page listens, then it answers');
  await page.keyboard.press('Escape');
  await closeMicrophone({ page, until });
}

async function goesOnAfterALoss({ page, until, value, ask }) {
  await ask('Tell me something long about the history of trade, please.');
  await until('dhr.state() === "speaking" && dhr.level() > 0.001');
  const words = await page.$eval('#chat .human:last-child', (item) => item.innerText.length);
  await value('window.dispatchEvent(new Event("offline"))');
  assert.equal(await value('dhr.state()'), 'lost');
  assert.equal(await value('dhr.playing'), true, 'what was received is heard');
  await until('dhr.state() === "speaking"');
  await until('dhr.state() === "ready"');
  const answer = await page.$eval('#chat .human:last-child', (item) => ({
    note: item.dataset.note,
    length: item.innerText.length,
  }));
  // This server's longest answer (with_server) may cut it; a loss would say 'cut off' or 'interrupted'.
  assert.ok([undefined, 'cut short'].includes(answer.note), `came to its end: ${answer.note}`);
  assert.ok(answer.length >= words);
  assert.equal(await value('document.querySelectorAll("#chat .remark").length'), 0);
  console.log('ok - an answer goes on after the connection was lost');
}

async function closeMicrophone({ page, until }) {
  await page.click('#open-settings');
  await until('!document.getElementById("microphone-off").disabled');
  await page.click('#microphone-off');
  await page.keyboard.press('Escape');
  await until('dhr.microphone() === "off" && !document.querySelector("dialog[open]")');
  await until('dhr.state() === "ready"');
}

const folder = mkdtempSync(join(tmpdir(), 'dhr-microphone-'));
const file = join(folder, 'speech.wav');
const { bytes, seconds } = paddedWav(readFileSync(speech), LEAD_SECONDS, TRAIL_SECONDS);
writeFileSync(file, bytes);
const browser = await launch(
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  `--use-file-for-fake-audio-capture=${file}%noloop`,
);
try {
  const tab = await openPage(browser);
  await hearsAndAnswers(tab);
  await isInterruptedByVoice(tab);
  await listensWhileHeld(tab, seconds);
  await goesOnAfterALoss(tab);
  assert.deepEqual(await tab.value('dhr.errors'), []);
  assert.deepEqual(complaints, []);
  console.log('ok - no complaints');
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
