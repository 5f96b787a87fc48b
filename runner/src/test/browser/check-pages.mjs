// Opens each page in Chromium, from disk and without a network, and checks what only a browser can tell.
// Usage: node check-pages.mjs CHROMIUM PAGE.html...
// Prints one line a page; exits with 1, and says what is wrong, if something is.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [executablePath, ...files] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const problems = [];

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  for (const file of files) {
    const before = problems.length;
    const report = problem => problems.push(`${basename(file)}: ${problem}`);
    const charts = await wide(file, report);
    await narrow(file, report);
    console.log(`${problems.length === before ? 'ok' : 'WRONG'}  ${basename(file)}, ${charts} charts`);
  }
} finally {
  await browser.close();
}
problems.forEach(problem => console.error(problem));
process.exitCode = problems.length ? 1 : 0;

/** Looks at everything on a wide screen with light colors. */
async function wide(file, report) {
  const page = await open(file, { width: 1400, colorScheme: 'light' }, report);
  await openParts(page);
  const charts = await drawAll(page, report);
  await names(page, report);
  await pixels(page, report);
  await heatMaps(page, report);
  await searches(page, report);
  await tables(page, report);
  await accessible(page, 'light, 1400 px', report);
  await scheme(page, report);
  if (file === files[0] && (await page.pdf({ format: 'A4' })).length < 10_000) report('printing gives an empty file');
  await page.context().close();
  return charts;
}

/** Looks at a narrow screen with dark colors. */
async function narrow(file, report) {
  const page = await open(file, { width: 400, colorScheme: 'dark' }, report);
  const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).every(part => part < 80));
  if (!dark) report('a dark system does not get dark colors');
  await openParts(page);
  await drawAll(page, report);
  await names(page, report);
  await accessible(page, 'dark, 400 px', report);
  await page.context().close();
}

async function open(file, { width, colorScheme }, report) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, offline: true, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.on('console', message => ['error', 'warning'].includes(message.type()) && report(`console says ${message.text()}`));
  page.on('pageerror', error => report(`script fails with ${error.message}`));
  const url = pathToFileURL(file).href;
  page.on('request', request => request.url() !== url && !request.url().startsWith('data:') && report(`asks for ${request.url()}`));
  page.on('dialog', dialog => {
    report(`shows a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  await page.goto(url);
  return page;
}

/** Opens the first parts and the last: a hundred contestants are not opened at once by anybody. */
async function openParts(page) {
  await page.evaluate(() => {
    const parts = [...document.querySelectorAll('.contestant')];
    [...new Set([parts[0], parts.at(-1)])].filter(Boolean).forEach(part => {
      part.open = true;
      part.querySelectorAll('details').forEach(details => (details.open = true));
    });
    document.querySelectorAll('main > section > details:not(.contestant)').forEach(details => (details.open = true));
  });
}

async function drawAll(page, report) {
  const charts = page.locator('figure[data-chart]:visible');
  const count = await charts.count();
  await page.evaluate(async () => {
    for (const figure of document.querySelectorAll('figure[data-chart]')) {
      if (!figure.checkVisibility()) continue;
      figure.scrollIntoView();
      for (let wait = 0; wait < 200 && !figure.dataset.drawn; wait++) await new Promise(done => setTimeout(done, 25));
    }
  });
  const missing = await page.$$eval('figure[data-chart]:not([data-drawn])', all => all.filter(one => one.checkVisibility()).map(one => one.dataset.chart));
  if (missing.length) report(`not drawn: ${missing}`);
  const silent = await page.$$eval('figure[data-drawn=yes] .plot', plots => plots.filter(plot => (plot.getAttribute('aria-label') ?? '').length < 20).length);
  if (silent) report(`${silent} charts have no text for those who do not see them`);
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (excess > 0) report(`is ${excess} px too wide for ${page.viewportSize().width} px`);
  return count;
}

/** A chart that was drawn has at least three colors: paper, ink and its own. One of each kind is looked at. */
async function pixels(page, report) {
  const kinds = await page.$$eval('figure[data-drawn=yes]', figures => [...new Set(figures.map(figure => figure.dataset.chart))]);
  for (const kind of kinds) {
    const plot = page.locator(`figure[data-chart=${kind}][data-drawn=yes] .plot:visible`).first();
    const png = (await plot.screenshot()).toString('base64');
    const colors = await page.evaluate(async base64 => {
      const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      canvas.drawImage(bitmap, 0, 0);
      return new Set(new Uint32Array(canvas.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer)).size;
    }, png);
    if (colors < 3) report(`chart ${kind} is empty`);
  }
}

/** Measures the names beside the dots of accuracy against latency: none covers another, and a few have room for all. */
async function names(page, report) {
  const wrong = await page.$$eval('figure[data-chart=front][data-drawn=yes]', figures => figures.flatMap(figure => {
    const measured = JSON.parse(document.getElementById('data').textContent).contestants.filter(one => one.standing && one.efficiency);
    const isName = text => measured.some(one => one.name === text || (text.endsWith('\u2026') && one.name.startsWith(text.slice(0, -1))));
    const shown = [...figure.querySelectorAll('.plot text')].filter(text => isName(text.textContent));
    const found = measured.length <= 7 && shown.length < measured.length ? [`names ${shown.length} of ${measured.length} dots`] : [];
    shown.forEach((one, i) => shown.slice(i + 1).forEach(other => {
      const [a, b] = [one, other].map(text => text.getBoundingClientRect());
      if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) found.push(`${one.textContent} covers ${other.textContent}`);
    }));
    return found;
  }));
  wrong.forEach(report);
}

async function heatMaps(page, report) {
  const figure = page.locator('figure[data-chart=confusion]:visible').first();
  if (!(await figure.count())) return;
  const share = figure.getByRole('button', { name: 'Row percent' });
  const before = await figure.locator('.plot').screenshot();
  await share.focus();
  await page.keyboard.press('Enter');
  if ((await share.getAttribute('aria-pressed')) !== 'true') report('the heat map does not switch to percent');
  const labels = await figure.evaluate(one => echarts.getInstanceByDom(one.querySelector('.plot')).getOption().series[0].data[0].label);
  if (labels.show && before.equals(await figure.locator('.plot').screenshot())) report('the heat map shows the same in percent');
}

/** Finds, in every long table, the class of its last row, which is not shown at first. */
async function searches(page, report) {
  const wrong = await page.$$eval('.controls > input[type=search]', all => all.filter(input => input.checkVisibility()).flatMap(input => {
    const rows = [...input.parentElement.nextElementSibling.querySelectorAll('tbody tr')];
    const last = rows.at(-1);
    const found = last.hidden ? [] : ['shows all rows of a long table'];
    const type = text => {
      input.value = text;
      input.dispatchEvent(new Event('input'));
    };
    type(last.cells[0].textContent.toUpperCase());
    if (last.hidden) found.push(`does not find ${last.cells[0].textContent}`);
    type('no class has this name');
    if (rows.some(row => !row.hidden)) found.push('finds what is not there');
    type('');
    if (rows.filter(row => !row.hidden).length !== 20) found.push('does not go back to the first 20 rows');
    return found;
  }));
  wrong.forEach(report);
}

/** Sorts every table by every column, down and up, and looks at the order; one by the keyboard. */
async function tables(page, report) {
  const wrong = await page.$$eval('table.sortable', all => all.filter(table => table.checkVisibility()).flatMap(table => {
    const found = [];
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      for (let turn = 0; turn < 2; turn++) {
        const before = head.getAttribute('aria-sort');
        head.querySelector('button').click();
        const way = head.getAttribute('aria-sort');
        if (!way || way === before) found.push(`column ${head.textContent} does not turn from ${before}`);
        const numbers = [...table.tBodies[0].rows]
          .map(row => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim())
          .filter(value => !['\u2013', 'NaN', ''].includes(value))
          .map(value => Number(value.replace(/,/g, '').replace('\u2212', '-')));
        const sign = way === 'ascending' ? 1 : -1;
        if (numbers.some((number, i) => i > 0 && sign * (number - numbers[i - 1]) < 0)) found.push(`column ${head.textContent} is not ${way}: ${numbers}`);
      }
    });
    if (table.querySelectorAll('[aria-sort]').length !== 1) found.push('more than one column says that it is sorted by');
    return found;
  }));
  wrong.forEach(report);
  const head = page.locator('table.sortable:visible thead th').first();
  if (!(await head.count())) return;
  const before = await head.getAttribute('aria-sort');
  await head.getByRole('button').focus();
  await page.keyboard.press('Space');
  if (before === await head.getAttribute('aria-sort')) report('the keyboard does not sort');
}

/** Asks axe about everything but the inside of drawings and, in a long table, what is like the rows above. */
async function accessible(page, how, report) {
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const found = await axe.run({ exclude: [['.plot > *'], ['tbody tr:nth-child(n+4)'], ['li:nth-child(n+6)']] }, { resultTypes: ['violations'] });
    return found.violations
      .filter(one => ['serious', 'critical'].includes(one.impact))
      .map(one => `${one.id} (${one.help}): ${one.nodes.slice(0, 3).map(node => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`).join(' | ')}`);
  });
  violations.forEach(violation => report(`${how}: ${violation}`));
}

async function scheme(page, report) {
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await background();
  await page.locator('#scheme').click();
  if (before === await background()) report('the switch does not change the colors');
}
