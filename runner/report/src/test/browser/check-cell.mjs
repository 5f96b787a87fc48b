// Opens the page of catwalk demo in Chromium, from disk, and follows the link of an answer into the report of the run.
// Usage: node check-cell.mjs CHROMIUM RUN [SCREENSHOTS]
// Exits with 1, and says what is wrong, if the link leads elsewhere than to the cell of the label and the answer.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [executablePath, run, screenshots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const problems = [];
const report = problem => problems.push(problem);

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const page = await (await browser.newContext({ viewport: { width: 1300, height: 900 }, offline: true })).newPage();
  page.on('console', message => ['error', 'warning'].includes(message.type()) && message.text() !== 'No available adapters.' && report(`console says ${message.text()}`));
  page.on('pageerror', error => report(`script fails with ${error.message}`));
  const tests = await opened(page);
  for (let i = 0; i < Math.min(tests, 4); i++) {
    await opened(page);
    await page.locator('#tests button').nth(i).focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => demo.settled());
    await follow(page, await page.evaluate(() => document.querySelector('#tests [aria-checked=true]').title), `cell-${i}`);
  }
  await opened(page);
  await page.locator('#invert').click(); // its label is not that of the test image any more
  await page.waitForFunction(() => demo.settled());
  await follow(page, null, 'column');
} finally {
  await browser.close();
}
problems.forEach(problem => console.error(problem));
process.exitCode = problems.length ? 1 : 0;

async function opened(page) {
  await page.goto(pathToFileURL(join(run, 'demo/index.html')).href);
  await page.waitForFunction(() => demo.networks.length && demo.networks.every(network => network.probabilities));
  await page.waitForFunction(() => demo.settled());
  return page.locator('#tests button').count();
}

/** Follows the link by keyboard; label is the name of the true class, or null. */
async function follow(page, label, name) {
  const answer = await page.locator('#answers button[aria-pressed=true]').textContent();
  const words = await page.locator('#report').textContent();
  if (!words.includes(answer) || (label && !words.includes(label))) report(`the link says ${words}, the answer is ${answer} for ${label}`);
  if (screenshots) await page.screenshot({ path: join(screenshots, `${name}-demo.png`) });
  await page.locator('#report').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/report\.html#/);
  await page.waitForFunction(() => document.activeElement?.closest('figure[id^=confusion-]'));
  // The browser looks for the place by itself until the page is loaded, and the page looks again after that.
  await page.waitForFunction(() => {
    const box = document.activeElement.getBoundingClientRect();
    return document.readyState === 'complete' && box.bottom <= innerHeight
      && box.top >= document.querySelector('.bar').getBoundingClientRect().bottom;
  }, null, { timeout: 10_000 }).catch(() => report(`what ${page.url()} leads to is not in sight`));
  const there = await page.evaluate(() => {
    const figure = document.activeElement.closest('figure');
    const names = JSON.parse(document.getElementById('page-data').textContent).classes;
    const framed = [...figure.querySelectorAll('.plot g.marked')].filter(one => one.checkVisibility());
    return {
      id: decodeURIComponent(location.hash.slice(1)),
      focused: document.activeElement.id,
      rows: [...figure.querySelectorAll('tr.marked')].map(row => [...row.cells].slice(0, 2).map(cell => cell.textContent)),
      all: [...figure.querySelectorAll('tbody tr')].map(row => [...row.cells].slice(0, 2).map(cell => cell.textContent)),
      framed: framed.length,
      note: figure.querySelector('.note')?.textContent ?? '',
      names,
      hidden: !document.activeElement.checkVisibility(),
    };
  });
  const wanted = there.all.filter(([truth, predicted]) => predicted === answer && (label === null || truth === label));
  if (JSON.stringify(there.rows) !== JSON.stringify(wanted)) report(`${there.id} marks ${JSON.stringify(there.rows)}, expected ${JSON.stringify(wanted)}`);
  if (label && wanted.length !== 1) report(`there is no row of ${label} taken for ${answer}`);
  if (label && there.focused !== there.id) report(`the focus is on '${there.focused}', expected '${there.id}'`);
  if (there.framed !== wanted.length) report(`the chart frames ${there.framed} cells, expected ${wanted.length}`);
  if (!there.note.includes(answer)) report(`the note says '${there.note}', expected something of ${answer}`);
  if (there.hidden) report(`what ${there.id} leads to is not shown`);
  await page.addScriptTag({ content: axe });
  const { violations } = await page.evaluate(() => axe.run(document.activeElement.closest('figure'), { preload: false }));
  violations.forEach(one => report(`${name}: ${one.id}: ${one.help} (${one.nodes[0].html.slice(0, 120)})`));
  if (screenshots) await page.screenshot({ path: join(screenshots, `${name}.png`) });
}
