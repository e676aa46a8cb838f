// The page in headless Chromium against a running server: a turn is typed, sound plays, the mouth moves
// and closes, an interruption silences, nothing is complained of.
//
// PAGE_URL is the server's address; PAGE_SCREENSHOT, if set, the file for a picture of the page.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(path.join(here, '../../web/package.json'));
const puppeteer = require('puppeteer-core');

const url = process.env.PAGE_URL;
assert.ok(url, 'PAGE_URL must name a running server');
const [width, height] = (process.env.PAGE_WINDOW ?? '640x480').split('x').map(Number);

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless=new', '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader',
    '--ignore-gpu-blocklist', '--autoplay-policy=no-user-gesture-required',
    '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
    '--disable-quic', `--window-size=${width},${height}`],
});
const complaints = [];
try {
  const page = await browser.newPage();
  await page.setViewport({ width, height });
  page.on('pageerror', (problem) => complaints.push(problem.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  const until = (condition, timeout = 60000) => page.waitForFunction(condition, { timeout, polling: 50 });

  await page.goto(`${url}?lite=1`);
  await until('window.dhr?.state === "ready" && window.dhr.headLoaded');
  console.log('ok - the page is ready and the head is there');

  await page.type('#text', 'Hello, who are you?');
  await page.keyboard.press('Enter');
  await until('window.dhr.heardSeconds > 0.1');
  await until('window.dhr.playing && window.dhr.morph("jawOpen") > 0.08');
  console.log('ok - sound plays and the mouth opens');
  if (process.env.PAGE_SCREENSHOT) await page.screenshot({ path: process.env.PAGE_SCREENSHOT });

  await until('window.dhr.state === "ready"');
  await until('window.dhr.morph("jawOpen") < 0.02');
  const answer = await page.$eval('#chat .human', (item) => item.textContent);
  assert.ok(answer.length > 5, `the answer is written: ${answer}`);
  const latency = await page.evaluate('window.dhr.lastLatencyMs');
  assert.ok(latency > 0 && (await page.$eval('#latency', (item) => item.textContent)).includes(`${latency}`));
  assert.ok(await page.evaluate('window.dhr.framesApplied') > 10);
  console.log(`ok - the mouth closes, the answer is written, first sound after ${latency} ms`);

  await page.type('#text', 'Tell me something long about the sea.');
  await page.keyboard.press('Enter');
  await until('window.dhr.playing');
  await page.keyboard.press('Escape');
  await until('!window.dhr.playing && window.dhr.state === "ready"');
  const heard = await page.evaluate('window.dhr.audioSeconds');
  await until('window.dhr.morph("jawOpen") < 0.02');
  await new Promise((done) => setTimeout(done, 500));
  assert.equal(await page.evaluate('window.dhr.audioSeconds'), heard, 'nothing is heard after an interruption');
  console.log('ok - an interruption silences');

  assert.deepEqual(await page.evaluate('window.dhr.errors'), []);
  assert.deepEqual(complaints, []);
  console.log('ok - no complaints');
} finally {
  await browser.close();
}
