// The page in headless Chromium against a running server: a turn is typed, sound plays, the mouth
// opens and closes, an interruption silences, a browser without WebGL still talks, nothing is
// complained of.
//
// PAGE_SCREENSHOT    a file for a picture of the page while it speaks (optional)
// For the rest see browser.mjs.

import assert from 'node:assert/strict';
import { complaints, launch, openPage } from './browser.mjs';

const { PAGE_SCREENSHOT: screenshot } = process.env;

const SILENCE = 1e-4; // effective value of the output
const OPEN = 0.08; // jawOpen
const SHUT = 0.03;

async function answersAloud({ page, until, value, ask }) {
  await until('window.dhr?.state() === "ready" && dhr.headLoaded && dhr.triangles > 1000');
  console.log('ok - the page is ready and the head is drawn');

  // An answer of several sentences, so that a slow picture shows the mouth open at some moment.
  await ask('Tell me something long about the history of trade, please.');
  await until('dhr.audioSeconds > 0 && dhr.level() > 0.001');
  assert.equal(await page.$eval('#interrupt', (button) => button.disabled), false);
  await until(`dhr.playing && dhr.morph("jawOpen") > ${OPEN}`);
  await until('document.querySelector("#caption .heard")');
  if (screenshot) await page.screenshot({ path: screenshot });
  const framesEarly = await value('dhr.framesApplied');
  const secondsEarly = await value('dhr.audioSeconds');
  await until(`dhr.audioSeconds > ${secondsEarly} && dhr.framesApplied > ${framesEarly}`);
  console.log('ok - sound plays, the mouth opens, captions run along');

  await until('dhr.state() === "ready"');
  await until(`dhr.morph("jawOpen") < ${SHUT} && dhr.level() < ${SILENCE}`);
  const answer = await page.$eval('#chat .human', (item) => item.lastElementChild.textContent);
  assert.ok(answer.trim().length > 5, `the answer is written: ${answer}`);
  const latency = await value('dhr.lastLatencyMs');
  assert.ok(latency > 0);
  assert.match(await page.$eval('#latency', (item) => item.innerText), new RegExp(`${latency} ms`));
  console.log(`ok - the mouth closes, the answer is written, first sound after ${latency} ms`);
}

async function canBeInterrupted({ page, until, value, ask }) {
  await ask('Tell me something long about the sea.');
  await until('dhr.state() === "speaking" && dhr.level() > 0.001');
  await page.keyboard.press('Escape');
  assert.equal(await value('dhr.playing'), false, 'no sound is left to play after Escape');
  await until(`dhr.state() === "ready" && dhr.level() < ${SILENCE}`);
  const heard = await value('dhr.audioSeconds');
  await until(`dhr.morph("jawOpen") < ${SHUT}`);
  // A frame after the next question's beginning shows that the old answer did not come back.
  await ask('And you?');
  await page.keyboard.press('Escape');
  await until('dhr.state() === "ready"');
  assert.equal(await value('dhr.audioSeconds'), heard, 'nothing is heard after an interruption');
  const notes = await page.$$eval('#chat .human', (items) =>
    items.map((item) => item.dataset.note),
  );
  assert.deepEqual(notes.slice(1), ['interrupted', 'interrupted']);
  console.log('ok - Escape silences at once, before the first word too');

  await ask('What is a lighthouse?');
  await until('dhr.state() === "speaking"');
  await ask('And a harbour?');
  await until(
    'document.querySelectorAll("#chat .human").length === 5 && dhr.state() === "speaking"',
  );
  await page.click('#interrupt');
  await until('dhr.state() === "ready"');
  console.log('ok - a new question takes the place of the answer under way');
}

async function talksWithoutWebgl({ page, until, ask }) {
  await until('window.dhr?.state() === "ready"');
  await until('/WebGL/.test(document.getElementById("loading").innerText)');
  await ask('Hello!');
  await until('dhr.audioSeconds > 0 && dhr.level() > 0.001');
  await page.keyboard.press('Escape');
  await until('dhr.state() === "ready"');
  console.log('ok - without WebGL the page says so and still talks');
}

const browser = await launch();
try {
  const tab = await openPage(browser);
  await answersAloud(tab);
  await canBeInterrupted(tab);
  assert.deepEqual(await tab.value('dhr.errors'), []);
  await tab.page.close();
  await talksWithoutWebgl(
    await openPage(browser, () => {
      HTMLCanvasElement.prototype.getContext = () => null;
    }),
  );
  assert.deepEqual(complaints, []);
  console.log('ok - no complaints');
} finally {
  await browser.close();
}
