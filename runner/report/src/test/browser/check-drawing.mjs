// Draws on test images that are not square on the page of catwalk demo, in Chromium.
// Usage: node check-drawing.mjs CHROMIUM INDEX.html
// Exits with 1, and says what is wrong, if the networks would then see another image, or if classes are left out silently.
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [executablePath, index] = process.argv.slice(2);
const problems = [];
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  for (const [width, height] of [[14, 28], [28, 14], [28, 28]]) {
    await drawnOnTest(width, height);
  }
} finally {
  await browser.close();
}
problems.forEach(problem => console.error(problem));
process.exitCode = problems.length ? 1 : 0;

async function drawnOnTest(width, height) {
  const page = await browser.newPage();
  await page.goto(pathToFileURL(index).href);
  const { worst, title } = await page.evaluate(async ([width, height]) => {
    const test = Uint8Array.from({ length: width * height }, (_, i) => (i * 37) % 256);
    begin({
      dataset: 'stripes', classes: Array.from({ length: 12 }, (_, i) => `class ${i}`), channels: 1, height, width, truth: [0],
      images: btoa(String.fromCharCode(...test)), networks: [{ name: 'small', answers: [] }],
    });
    redrawn(); // as after a stroke, which would change the image
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return {
      worst: Math.max(...current.data.filter((_, i) => i % 4 === 0).map((value, i) => Math.abs(value
        - test[Math.floor(Math.floor(i / current.width) * height / current.height) * width + Math.floor(i % current.width * width / current.width)]))),
      title: document.getElementById('classes-title').textContent,
    };
  }, [width, height]);
  if (worst > 1) problems.push(`${width} x ${height}: a stroke changes other pixels by up to ${worst}`);
  if (title !== 'The 10 highest of 12 probabilities of small') problems.push(`the title of 12 classes is ${title}`);
  await page.close();
}
