// A picture of the five feelings as the page's head shows them: of a sentence for each, the answer's
// own frames, at the moment between its words at which its face moves most.
//
// PAGE_URL   see browser.mjs
// usage: mood_sheet.mjs OUT.jpg NAME=FRAMES.csv...      frames as dhr say writes them

import { readFileSync } from 'node:fs';
import { launch } from './browser.mjs';

const { PAGE_URL: url } = process.env;
const [out, ...answers] = process.argv.slice(2);
const WIDTH = 300;
const HEIGHT = 360;
const CLOSED = 0.06; // jawOpen between words

const expressive = (name) => /^(brow|cheek|nose|eyeSquint|eyeWide|mouthSmile|mouthFrown)/.test(name);

function loudest(file) {
  const [header, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const names = header.split(',');
  const frames = lines.map((line) => {
    const values = line.split(',').map(Number);
    return Object.fromEntries(names.map((name, i) => [name, values[i]]));
  });
  const strength = (frame) =>
    names.filter(expressive).reduce((sum, name) => sum + frame[name], 0) -
    (frame.eyeBlinkLeft > 0.3 ? 9 : 0);
  return frames
    .filter((frame) => frame.jawOpen < CLOSED)
    .reduce((best, frame) => (strength(frame) > strength(best) ? frame : best));
}

const faces = answers.map((answer) => {
  const [name, file] = answer.split('=');
  return { name, frame: loudest(file) };
});

const browser = await launch();
try {
  const page = await browser.newPage();
  await page.setViewport({ width: WIDTH * faces.length, height: HEIGHT });
  await page.goto(`${url}?lite=1`);
  await page.waitForFunction('window.dhr?.headLoaded', { timeout: 60000 });
  await page.evaluate(
    async (shown, width, height) => {
      const { HeadView } = await import('/js/head_view.js');
      const config = await (await fetch('/config.json')).json();
      const sheet = document.createElement('div');
      sheet.style = `position:fixed;inset:0;z-index:9;display:flex;background:#11161b;color:#fff`;
      document.body.append(sheet);
      for (const { name, frame } of shown) {
        const box = document.createElement('div');
        box.style = `position:relative;width:${width}px;height:${height}px`;
        const label = document.createElement('span');
        label.style = 'position:absolute;left:12px;top:8px;font:15px sans-serif';
        label.textContent = name;
        const holder = document.createElement('div');
        holder.style = 'width:100%;height:100%';
        box.append(holder, label);
        sheet.append(box);
        const view = new HeadView(holder, { lite: false });
        await view.load(config.head, config.blendshapes, () => {});
        view.apply({
          weights: config.blendshapes.map((shape) => frame[shape]),
          head: [frame.headYaw, frame.headPitch, frame.headRoll],
        });
        view.draw(null);
        // A canvas keeps its picture only until the browser has shown it.
        const picture = new Image();
        picture.src = view.renderer.domElement.toDataURL('image/png');
        picture.style = 'width:100%;height:100%';
        await picture.decode();
        holder.replaceChildren(picture);
      }
    },
    faces,
    WIDTH,
    HEIGHT,
  );
  await page.screenshot({ path: out, type: 'jpeg', quality: 86 });
} finally {
  await browser.close();
}
