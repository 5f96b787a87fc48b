// Opens a photo on the page of catwalk demo without test images, in Chromium and from disk.
// Usage: node check-photo.mjs CHROMIUM FOLDER PHOTO [SCREENSHOTS]
// Prints the label that the page shows for each network, its probabilities, and the red, green, blue and opacity that it sees.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [executablePath, folder, photo, screenshots] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await (await browser.newContext({ viewport: { width: 1300, height: 900 }, offline: true })).newPage();
  await page.goto(pathToFileURL(join(folder, 'index.html')).href);
  await page.waitForFunction(() => demo.networks.length && demo.networks.every(network => network.session || network.failure));
  await page.locator('#file').setInputFiles(photo);
  await page.waitForFunction(() => demo.settled() && demo.networks.every(network => network.probabilities || network.failure));
  console.log(JSON.stringify(await page.evaluate(() => demo.networks.map(({ probabilities, seen }, i) =>
    ({ label: document.querySelectorAll('#answers button')[i].textContent, probabilities, seen: seen && [...seen.data] })))));
  if (screenshots) await page.screenshot({ path: join(screenshots, 'photo.png'), fullPage: true });
} finally {
  await browser.close();
}
