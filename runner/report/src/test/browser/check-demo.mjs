// Opens the page of catwalk demo in Chromium, from disk and without a network, and does what a person does there.
// Usage: node check-demo.mjs CHROMIUM FOLDER ANSWERS.json [SCREENSHOTS]
// Writes the logits of every network on every test image, and exits with 1, and says what is wrong, if something is.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { WEBGPU } from '../../../../../onnx-models/runtimes/web/chromium.mjs';

const [executablePath, folder, answers, screenshots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const problems = [];
const report = problem => problems.push(problem);

let browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await open({ width: 1300, colorScheme: 'light' });
  const first = await page.waitForFunction(() => /say/.test(document.getElementById('verdict').textContent) && performance.now());
  await loaded(page);
  const logits = await logitsOf(page, await page.locator('#tests button').count());
  await backends(page, 'WebAssembly runs all networks, on one thread; WebGPU: this browser has none.');
  writeFileSync(answers, JSON.stringify({ first: await first.jsonValue(), logits }));
  await accessible(page, 'light, 1300 px');
  await picture(page, 'wide');
  await keyboard(page);
  await occlusion(page);
  await drawing(page);
  await files(page);
  await transparency(page);
  await failure(page);
  await page.context().close();

  const narrow = await open({ width: 400, colorScheme: 'dark', hasTouch: true });
  await loaded(narrow);
  const excess = await narrow.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (excess > 0) report(`is ${excess} px too wide for 400 px`);
  await narrow.locator('#tests button').nth(3).tap();
  await settled(narrow);
  await accessible(narrow, 'dark, 400 px');
  await picture(narrow, 'narrow');
  await browser.close();

  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', ...WEBGPU] });
  await onWebGpu(logits);
} finally {
  await browser.close();
}
problems.forEach(problem => console.error(problem));
process.exitCode = problems.length ? 1 : 0;

/** Returns the logits of every network on the first test images. */
async function logitsOf(page, tests) {
  return page.evaluate(async tests => {
    const all = [];
    for (const [i] of demo.networks.entries()) all.push(await demo.logits(i, [...Array(tests).keys()]));
    return all;
  }, tests);
}

async function backends(page, wanted) {
  const said = await page.locator('#backends').textContent();
  if (!said.includes(wanted)) report(`says "${said}" of where the networks run, not "${wanted}"`);
}

/** Where there is WebGPU, all networks run there but one, whose stored answers were made wrong. */
async function onWebGpu(expected) {
  const page = await open({ width: 1300, colorScheme: 'light' }, () => Object.defineProperty(window, 'demo', {
    configurable: true,
    set(value) {
      const { data } = value;
      value.data = all => { all.networks[1].answers[0] += 0.5; data(all); };
      Object.defineProperty(window, 'demo', { value });
    },
  }));
  await loaded(page);
  const names = await page.evaluate(() => demo.networks.map(network => network.about.name));
  const [wrong] = names.splice(1, 1);
  await backends(page, `WebGPU runs ${names.join(', ')}, after a self-test`);
  await backends(page, `WebAssembly runs ${wrong}, on one thread; WebGPU: its scores differ by 0.5`);
  const apart = (await logitsOf(page, 12)).flatMap((all, i) => all.flatMap((scores, image) => scores.map((score, label) => Math.abs(score - expected[i][image][label]))));
  if (!(Math.max(...apart) < 1e-4)) report(`WebGPU gives scores that differ by ${Math.max(...apart)} from those of WebAssembly`);
  if (Math.max(...apart) === 0) report('WebGPU gives the bits of WebAssembly, as if it had not run');
  await accessible(page, 'WebGPU');
  await picture(page, 'webgpu');
}

async function open({ width, ...more }, script) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, offline: true, ...more });
  context.setDefaultTimeout(120_000); // SwiftShader is slow on a busy machine
  const page = await context.newPage();
  if (script) await page.addInitScript(script);
  page.on('console', message => ['error', 'warning'].includes(message.type()) && message.text() !== 'No available adapters.' && report(`console says ${message.text()}`));
  page.on('pageerror', error => report(`script fails with ${error.message}`));
  page.on('request', request => /^(file|data|blob):/.test(request.url()) || report(`asks for ${request.url()}`));
  await page.goto(pathToFileURL(join(folder, 'index.html')).href);
  return page;
}

/** Waits until every network has answered. */
async function loaded(page) {
  await page.waitForFunction(() => demo.networks.length && demo.networks.every(network => network.probabilities || network.failure));
  const failed = await page.evaluate(() => demo.networks.filter(network => network.failure).map(network => network.failure));
  failed.forEach(report);
  await settled(page);
}

/** Waits until the answers are about the image that is shown. */
async function settled(page) {
  await page.waitForFunction(() => demo.settled());
}

function verdict(page) {
  return page.locator('#verdict').textContent();
}

async function keyboard(page) {
  await page.locator('#tests [tabindex="0"]').focus();
  await page.keyboard.press('ArrowRight');
  await settled(page);
  const now = await page.evaluate(() => [...document.querySelectorAll('#tests button')].indexOf(document.activeElement));
  if (now !== 1) report(`an arrow key leads from the first test image to number ${now + 1}`);
  const label = await page.evaluate(() => document.activeElement.title);
  if (!(await verdict(page)).includes(`The label is ${label}.`)) report(`says ${await verdict(page)} of a ${label}`);
  await page.locator('#answers button').last().focus();
  await page.keyboard.press('Enter');
  const name = await page.evaluate(() => demo.networks.at(-1).about.name);
  if (!(await page.locator('#classes-title').textContent()).includes(name)) report('choosing a network by keyboard shows another');
}

/** What matters most lies where the image differs from its background. */
async function occlusion(page) {
  await page.locator('#occlude').click();
  await page.waitForFunction(() => !document.getElementById('where').hidden);
  if (!/covered/.test(await page.locator('#where-title').textContent())) report('says nothing of what counts');
  await page.evaluate(async () => {
    document.getElementById('occlude').click();
    document.querySelectorAll('#answers button')[0].click();
    await demo.logits(0, [0]); // sessions run one after the other, so what counts for the last network is known then
  });
  if (await page.locator('#where').isVisible()) report('shows for one network what counts for another');
}

async function drawing(page) {
  await page.locator('#clear').click();
  await unanswered(page, 'after Clear');
  const line = await stroke(page, [60, 140], [220, 140]);
  if ((await stroke(page, [140, 60], [140, 220])) === line) report('a stroke changes no answer');
  if (/The label/.test(await verdict(page))) report('a drawing has the label of a test image');
}

/** Draws a line, and returns the probabilities of the first network. */
async function stroke(page, [left, top], [right, bottom]) {
  const box = await page.locator('#pad').boundingBox();
  await page.mouse.move(box.x + left, box.y + top);
  await page.mouse.down();
  await page.mouse.move(box.x + right, box.y + bottom, { steps: 8 });
  await page.mouse.up();
  await settled(page);
  return page.evaluate(() => demo.networks[0].probabilities?.join());
}

/** Where there is no image, no network has an answer. */
async function unanswered(page, when) {
  await settled(page);
  const shown = await page.evaluate(() => ({
    table: document.querySelector('#answers').textContent,
    classes: document.querySelectorAll('#classes .class').length,
    seen: !document.getElementById('seen').hidden,
  }));
  if (/%/.test(shown.table) || shown.classes || shown.seen) report(`${when}, shows ${JSON.stringify(shown)}`);
}

/** A file of a test image, twice as large, gets the answer of that test image. */
async function files(page) {
  await page.locator('#tests button').nth(2).click();
  await settled(page);
  const own = await page.evaluate(() => demo.networks.map(network => network.probabilities));
  const url = await page.evaluate(() => {
    const small = document.querySelectorAll('#tests button canvas')[2];
    const large = Object.assign(document.createElement('canvas'), { width: 2 * small.width, height: 2 * small.height });
    const context = large.getContext('2d');
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, large.width, large.height);
    return large.toDataURL('image/png');
  });
  const found = await answersTo(page, url);
  if (own.some((all, i) => all.some((share, j) => Math.abs(share - found[i][j]) > 1e-3))) report('a file of a test image gets another answer');
  await page.locator('#file').setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no image') });
  await page.waitForFunction(() => /notes.txt is none/.test(document.getElementById('verdict').textContent), { timeout: 5000 })
    .catch(() => report('says nothing of a file that is no image'));
  await unanswered(page, 'below an error');
  const chooser = page.waitForEvent('filechooser');
  await page.locator('#file').click();
  await chooser;
  if (await page.evaluate(() => document.getElementById('file').value)) report('keeps the file, so that it cannot be chosen again');
}

/** Opens a PNG file, after a test image was shown, and returns the probabilities of every network. */
async function answersTo(page, url) {
  await page.locator('#file').setInputFiles({ name: 'image.png', mimeType: 'image/png', buffer: Buffer.from(url.split(',')[1], 'base64') });
  await page.waitForFunction(() => !/The label/.test(document.getElementById('verdict').textContent));
  await settled(page);
  return page.evaluate(() => demo.networks.map(network => network.probabilities));
}

/** What is transparent counts as white, as it does for catwalk predict. */
async function transparency(page) {
  const answers = {};
  for (const background of ['white', 'transparent', 'black']) {
    await page.locator('#tests button').nth(2).click();
    await settled(page);
    const url = await page.evaluate(background => {
      const image = Object.assign(document.createElement('canvas'), { width: 40, height: 40 });
      const context = image.getContext('2d');
      for (const [color, side] of [[background, 40], ['gray', 20]]) {
        context.fillStyle = color;
        context.fillRect(20 - side / 2, 20 - side / 2, side, side);
      }
      return image.toDataURL('image/png');
    }, background);
    answers[background] = (await answersTo(page, url)).join();
  }
  if (answers.transparent !== answers.white) report('a transparent background gets another answer than a white one');
  if (answers.black === answers.white) report('a black background gets the answer of a white one');
}

/** A network that cannot run any more says so, and the others go on. */
async function failure(page) {
  await page.evaluate(() => {
    const network = demo.networks[1], { session } = network;
    network.session = { run: () => Promise.reject(new Error('batch too large')) };
    document.querySelectorAll('#answers button')[1].click();
    document.getElementById('occlude').click();
    network.session = session;
  });
  await page.waitForFunction(() => {
    const title = document.getElementById('where-title');
    return !title.hidden && /batch too large/.test(title.textContent);
  }, null, { timeout: 5000 })
    .catch(() => report('says nothing if it cannot find out which parts count'));
  await page.evaluate(() => { demo.networks[0].session = { run: () => Promise.reject(new Error('out of memory')) }; });
  await page.locator('#tests button').nth(4).click();
  await settled(page);
  const shown = await page.locator('#answers button').allTextContents();
  if (shown[0] !== 'out of memory' || shown.slice(1).includes('out of memory')) report(`shows ${shown} if the first network cannot run`);
  const answered = await page.evaluate(() => demo.networks.filter(network => network.probabilities).length);
  if (answered !== shown.length - 1) report(`${answered} of ${shown.length} networks answer if the first cannot run`);
  if (!/The label is/.test(await verdict(page))) report(`says ${await verdict(page)} if the first network cannot run`);
}

async function accessible(page, how) {
  await page.addScriptTag({ content: axe });
  const { violations } = await page.evaluate(() => axe.run(document, { preload: false }));
  violations.forEach(one => report(`${how}: ${one.id}: ${one.help} (${one.nodes[0].html.slice(0, 120)})`));
}

async function picture(page, name) {
  if (screenshots) await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}
