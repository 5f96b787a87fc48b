// Opens the report of a run with a demo in Chromium, from disk and without a network, and tries the networks within it.
// Usage: node check-docked.mjs CHROMIUM RUN [SCREENSHOTS]
// Exits with 1, and says what is wrong, if something is.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [executablePath, run, screenshots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const address = pathToFileURL(join(run, 'report.html')).href;
const problems = [];
const report = problem => problems.push(problem);

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  for (const [width, colorScheme] of [[1280, 'light'], [1920, 'dark'], [400, 'dark']]) await look(width, colorScheme);
} finally {
  await browser.close();
}
problems.forEach(problem => console.error(problem));
process.exitCode = problems.length ? 1 : 0;

async function look(width, colorScheme) {
  const how = `${width} px, ${colorScheme}`;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, offline: true, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const asked = [];
  page.on('console', message => ['error', 'warning'].includes(message.type()) && message.text() !== 'No available adapters.' && report(`${how}: console says ${message.text()}`));
  page.on('pageerror', error => report(`${how}: script fails with ${error.message}`));
  page.on('request', request => {
    asked.push(request.url());
    if (!/^(file|data|blob):/.test(request.url())) report(`${how}: asks for ${request.url()}`);
  });
  await page.goto(address);
  await page.waitForTimeout(500);
  if (asked.some(one => one.includes('/demo/'))) report(`${how}: the demo is loaded before anybody wants to try them`);

  await page.locator('#demo iframe').scrollIntoViewIfNeeded();
  const frame = page.frameLocator('#demo iframe');
  await frame.locator('#verdict', { hasText: 'say' }).waitFor({ timeout: 60_000 });
  const inside = page.frames().find(one => one.url().includes('/demo/index.html'));
  await inside.waitForFunction(() => demo.networks.length && demo.networks.every(network => network.probabilities) && demo.settled());
  await frame.locator('#tests button').nth(1).click();
  await inside.waitForFunction(() => demo.settled());
  if (!/The label is/.test(await frame.locator('#verdict').textContent())) report(`${how}: says nothing of the label of a test image`);
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (excess > 0) report(`${how}: is ${excess} px too wide`);
  for (const [where, one] of [['report', page], ['demo', inside]]) {
    await one.evaluate(axe);
    const { violations } = await one.evaluate(() => axe.run(document.querySelector('#demo') ?? document, { iframes: false, preload: false }));
    violations.forEach(each => report(`${how}, ${where}: ${each.id}: ${each.help} (${each.nodes[0].html.slice(0, 120)})`));
  }
  if (screenshots) await page.screenshot({ path: join(screenshots, `docked-${width}.png`) });

  const dark = one => one.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).every(part => part < 80));
  const before = await dark(inside);
  if (before !== (colorScheme === 'dark')) report(`${how}: the demo has other colors than the system`);
  await page.locator('#scheme').click();
  await inside.waitForFunction(() => document.documentElement.dataset.scheme);
  if (before === await dark(inside) || await dark(page) !== await dark(inside)) report(`${how}: the switch leaves the demo in other colors than the report`);

  await page.emulateMedia({ media: 'print' });
  if (await page.locator('#demo').isVisible()) report(`${how}: paper has a panel that nobody can use there`);
  await page.emulateMedia({ media: 'screen' });

  if (await page.locator('#demo a').getAttribute('href') !== 'demo/index.html') report(`${how}: does not lead to the page alone`);
  await frame.locator('#report').click();
  await page.waitForFunction(() => document.activeElement?.closest('figure[id^=confusion-]'), null, { timeout: 10_000 })
    .catch(() => report(`${how}: an answer does not lead to its cell in the report: ${page.url()}`));
  if (page.frames().length > 2) report(`${how}: the report opens within itself`);
  await context.close();
}
