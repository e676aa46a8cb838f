// Headless Chromium on the page of a running server, for the tests that look at it from outside.
//
// PAGE_URL      the server's address
// PAGE_WINDOW   the window, 640x480 if not said otherwise: each pixel costs time in software
// CHROMIUM      the browser, /usr/bin/chromium if not said otherwise

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const puppeteer = require('puppeteer-core');

const { PAGE_URL: url } = process.env;
assert.ok(url, 'PAGE_URL must name a running server');
const [width, height] = (process.env.PAGE_WINDOW ?? '640x480').split('x').map(Number);

const WAIT_MS = 60000;

/** What pages have complained of so far. */
export const complaints = [];

export function launch(...args) {
  return puppeteer.launch({
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
      ...args,
    ],
  });
}

/**
 * Opens the page, with nothing remembered of another one. `prepare` runs in it before its own code.
 * Gives {page, until(condition), value(expression), ask(text)}.
 */
export async function openPage(browser, prepare) {
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
        microphone: window.dhr?.microphone(),
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
