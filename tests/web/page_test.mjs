// The page in headless Chromium against a running server: a turn is typed, sound plays, the mouth
// opens and closes, an interruption silences, a browser without WebGL still talks, nothing is
// complained of.
//
// PAGE_URL      the server's address
// PAGE_SCREENSHOT    a file for a picture of the page while it speaks (optional)
// PAGE_WINDOW        the window, 640x480 if not said otherwise: each pixel costs time in software
// CHROMIUM      the browser, /usr/bin/chromium if not said otherwise

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const puppeteer = require('puppeteer-core');

const { PAGE_URL: url, PAGE_SCREENSHOT: screenshot } = process.env;
assert.ok(url, 'PAGE_URL must name a running server');
const [width, height] = (process.env.PAGE_WINDOW ?? '640x480').split('x').map(Number);

const WAIT_MS = 60000;
const SILENCE = 1e-4; // effective value of the output
const OPEN = 0.08; // jawOpen
const SHUT = 0.03;

const complaints = [];

async function openPage(browser, prepare) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width, height });
  page.on('pageerror', (problem) => complaints.push(problem.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  if (prepare) await page.evaluateOnNewDocument(prepare);
  await page.goto(`${url}?lite=1`);
  const until = async (condition) => {
    try {
      await page.waitForFunction(condition, { timeout: WAIT_MS, polling: 30 });
    } catch (problem) {
      const seen = await page.evaluate(() => ({
        state: window.dhr?.state(),
        errors: window.dhr?.errors,
        chat: document.getElementById('chat').innerText,
      }));
      throw new Error(`${condition}: ${problem.message} ${JSON.stringify(seen)}`);
    }
  };
  const value = (expression) => page.evaluate(expression);
  const ask = async (text) => {
    await page.type('#text', text);
    await page.keyboard.press('Enter');
  };
  return { page, until, value, ask };
}

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

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless=new',
    '--no-sandbox',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
    '--ignore-gpu-blocklist',
    '--autoplay-policy=no-user-gesture-required',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    `--window-size=${width},${height}`,
  ],
});
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
