// Resizes images as the page of catwalk demo does, in Chromium.
// Usage: node check-resizing.mjs CHROMIUM INDEX.html CASES.json
// A case has the pixels of an image, red, green, blue and opacity, and what is to come out. Prints by how much that differs at most.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [executablePath, index, cases] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const page = await browser.newPage();
  await page.goto(pathToFileURL(index).href);
  const worst = await page.evaluate(all => Math.max(...all.map(({ channels, fit, height, width, image, expected }) => {
    data = { channels, height, width };
    networks.splice(0, networks.length, { about: { signature: { resize: { fit } } } });
    return Math.max(...resized(image).map((value, i) => Math.abs(value - expected[i])));
  })), JSON.parse(readFileSync(cases)));
  console.log(worst);
} finally {
  await browser.close();
}
