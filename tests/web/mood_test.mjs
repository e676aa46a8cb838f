// The page in headless Chromium while an answer is glad and then sorry: its face and its words show
// it.
//
// MOOD_SCREENSHOTS   a folder for a picture of each mood (optional)
// For the rest see browser.mjs.

import assert from 'node:assert/strict';
import { complaints, launch, openPage } from './browser.mjs';

const { MOOD_SCREENSHOTS: folder } = process.env;

const SMILE = 0.2; // mouthSmileLeft
const BROWS = 0.4; // browInnerUp

const browser = await launch();
try {
  const { page, until, value, ask } = await openPage(browser);
  const shot = (name) => (folder ? page.screenshot({ path: `${folder}/${name}.png` }) : null);
  // The page follows with its next frame.
  const says = (word) => until(`document.getElementById("mood").innerText === "${word}"`);
  await until('window.dhr?.state() === "ready" && dhr.headLoaded');
  await says('');
  await ask('Hello.');

  await until(`dhr.mood()?.name === "joy" && dhr.morph("mouthSmileLeft") > ${SMILE}`);
  await says('glad');
  await shot('joy');
  console.log('ok - glad words make it smile, and the page says glad');

  await until(`dhr.mood()?.name === "concern" && dhr.morph("browInnerUp") > ${BROWS}`);
  await says('concerned');
  await until('dhr.morph("mouthSmileLeft") < 0.05');
  await shot('concern');
  console.log('ok - sad words raise its brows and take the smile away');

  await until('dhr.state() === "ready" && dhr.mood() === null');
  await says('');
  await until(`dhr.morph("browInnerUp") < ${BROWS / 2}`);
  assert.equal(await value('dhr.errors.length'), 0);
  assert.deepEqual(complaints, []);
  console.log('ok - when it has spoken its face comes to rest');
} finally {
  await browser.close();
}
