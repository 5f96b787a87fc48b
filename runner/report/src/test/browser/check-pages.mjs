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

/** Bands of two columns that were looked at, on all pages. */
let bands = 0;

/** The bar is a second; a machine that tests has other work. */
const INTERACTIVE = 4_000;

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  for (const file of files) {
    const before = problems.length;
    const report = problem => problems.push(`${basename(file)}: ${problem}`);
    const page = await open(file, { width: 1400, colorScheme: 'light' }, report);
    await interactive(page, report);
    const sizes = await Promise.allSettled([wide(page, file, report), narrow(file, report)]);
    sizes.filter(size => size.reason).forEach(size => report(`stops with ${size.reason.stack}`));
    const charts = sizes[0].value;
    console.log(`${problems.length === before ? 'ok' : 'WRONG'}  ${basename(file)}, ${charts} charts`);
  }
} finally {
  await browser.close();
}
if (!bands) problems.push('no page has anything side by side');
problems.forEach(problem => console.error(problem));
process.exitCode = problems.length ? 1 : 0;

/** Looks at everything on a wide screen with light colors. */
async function wide(page, file, report) {
  await openParts(page);
  const charts = await drawn(page, report);
  await hints(page, report);
  await columns(page, report);
  await images(page, report);
  await mangled(page);
  await linked(page, report);
  await searches(page, report);
  await tables(page, report);
  await scheme(page, report);
  if (file === files[0]) await paper(page, report);
  await page.setViewportSize({ width: 1400, height: 900 });
  await accessible(page, 'light, 1400 px', report);
  await page.context().close();
  return charts;
}

/** Looks at a narrow screen with dark colors. */
async function narrow(file, report) {
  const page = await open(file, { width: 400, colorScheme: 'dark' }, report);
  const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).every(part => part < 80));
  if (!dark) report('a dark system does not get dark colors');
  await openParts(page);
  await drawn(page, report);
  await page.setViewportSize({ width: 1920, height: 1000 });
  await drawn(page, report);
  await page.setViewportSize({ width: 400, height: 900 });
  await accessible(page, 'dark, 400 px', report);
  await page.context().close();
}

async function open(file, { width, colorScheme }, report) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, offline: true, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000); // a busy machine
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
    const parts = [...document.querySelectorAll('.group[data-name]')];
    [...new Set([parts[0], parts.at(-1)])].filter(Boolean).forEach(part => {
      part.open = true;
      part.querySelectorAll('details').forEach(details => (details.open = true));
    });
    document.querySelectorAll('.group:not([data-name], [data-name] *)').forEach(details => (details.open = true));
  });
}

/** The page answers within a second of its opening. */
async function interactive(page, report) {
  const took = await page.evaluate(() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd);
  if (took > INTERACTIVE) report(`takes ${Math.round(took)} ms to be interactive`);
}

/** Each chart is shown once, in the width for its place; its words are on it, inside, and none covers another. */
async function drawn(page, report) {
  const found = await page.$$eval('figure.chart', figures => figures.filter(one => one.checkVisibility()).flatMap(figure => {
    const wrong = [];
    const name = figure.querySelector('h2, h3, h4, h5').textContent;
    const shown = [...figure.querySelectorAll('.plot svg')].filter(one => one.checkVisibility());
    if (shown.length !== 1) return [`${name} is shown ${shown.length} times`];
    const [svg] = shown;
    const words = svg.getAttribute('aria-label') ?? svg.querySelector('title')?.textContent ?? '';
    if (words.length < 20) wrong.push(`${name} has no text for those who do not see it`);
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')].filter(text => text.textContent.trim()).map(text => ({ said: text.textContent, turned: text.hasAttribute('transform'), box: text.getBoundingClientRect() }));
    for (const { said, box } of texts) {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1) wrong.push(`'${said}' of ${name} stands out of its chart`);
    }
    const shrink = 0.8; // letters have room above and below them
    texts.forEach((one, i) => texts.slice(i + 1, i + 200).forEach(other => {
      const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      const room = (1 - shrink) * Math.min(one.box.height, other.box.height);
      const wide = (1 - shrink) * Math.min(one.box.width, other.box.width);
      if (across > (one.turned && other.turned ? wide : 1) && down > (one.turned && other.turned ? 1 : room)) wrong.push(`'${one.said}' covers '${other.said}' in ${name}`);
    }));
    return wrong.slice(0, 3);
  }));
  found.slice(0, 12).forEach(one => report(`${page.viewportSize().width} px: ${one}`));
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (excess > 0) report(`is ${excess} px too wide for ${page.viewportSize().width} px`);
  return page.locator('figure.chart:visible').count();
}

/** What a chart says of a mark is shown to those who point at it, and to those who go there with the keys. */
async function hints(page, report) {
  const mark = page.locator('.plot:visible g[aria-label]').first();
  if (!(await mark.count())) return;
  await mark.focus();
  const first = await page.locator('#hint').textContent();
  if (first !== await mark.getAttribute('aria-label')) report(`the hint says ${first}`);
  const several = await mark.evaluate(one => one.ownerSVGElement.querySelectorAll('g[aria-label]').length > 1);
  await page.keyboard.press('ArrowRight');
  if (several && first === await page.locator('#hint').textContent()) report('the arrow key does not go on to the next mark');
  await page.keyboard.press('Escape');
  if (await page.locator('#hint').isVisible()) report('the hint stays after Escape');
}

/** Marks lead to their images; the threshold says what is answered, and how often rightly. */
async function images(page, report) {
  if (!(await page.locator('#page-images').count())) return;
  const status = page.locator('#page-images p[role=status]');
  const number = async () => Number((await status.textContent()).match(/^[\d,]+/)?.[0].replace(/,/g, '') ?? 0);
  const clear = page.locator('#page-images').getByRole('button', { name: 'Clear the filter' });
  const all = await page.evaluate(() => JSON.parse(document.getElementById('page-data').textContent).images);
  const knee = await page.evaluate(() => JSON.parse(document.getElementById('page-data').textContent).models[0]?.knee ?? 0);
  const threshold = await page.locator('#page-images input[type=range]').inputValue();
  if (all && Number(threshold) !== knee) report(`the threshold begins at ${threshold} %, not at ${knee} %`);
  /** Goes to a mark by keyboard, the last steps of the way, and looks whether it leads to so many images. */
  async function follow(mark, wanted, ...words) {
    const kind = await mark.getAttribute('data-key');
    const steps = await mark.evaluate(one => {
      const place = one.closest('svg, table');
      const all = [...place.querySelectorAll(place.matches('svg') ? 'g[aria-label]' : '[data-key]')].filter(each => each.checkVisibility());
      const at = all.indexOf(one);
      const way = Math.min(3, (all.findIndex(each => each.tabIndex === 0) - at + all.length) % all.length);
      all[(at + way) % all.length].focus();
      return way;
    });
    for (let i = 0; i < steps; i++) await page.keyboard.press('ArrowLeft');
    if (!(await mark.evaluate(one => one === document.activeElement))) report(`${kind} is not reached by ${steps} steps to the left`);
    await page.keyboard.press('Enter');
    if (wanted !== null && await number() !== wanted) report(`${kind} of ${wanted} images leads to '${await status.textContent()}'`);
    for (const word of words) if (!(await status.textContent()).includes(word)) report(`${kind} leads to '${await status.textContent()}', without ${word}`);
    if (!(await page.locator('#page-images :focus').count())) report(`${kind} leaves the focus where it was`);
  }
  const within = page.locator('.group[data-name]').first();
  const shown = name => within.locator(`.plot:visible g[data-key${name}]`);
  const says = async (mark, pattern) => ((await mark.getAttribute('aria-label')).match(pattern) ? Number((await mark.getAttribute('aria-label')).match(pattern)[1].replace(/,/g, '')) : null);
  for (const [name, pattern] of [['*="."', /: ([\d,]+) of/], ['^=bin', /, ([\d,]+) images$/]]) {
    for (const mark of [shown(name).first(), shown(name).last()]) {
      if (await mark.count()) await follow(mark, await says(mark, pattern));
    }
  }
  const row = within.locator('table:not(figure table) tr[data-key]:visible').last();
  if (await row.count()) await follow(row, Number((await row.locator('td').last().textContent()).replace(/,/g, '')), 'labeled');
  for (const mark of [page.locator('.plot:visible g[data-key*=":"]').first()]) {
    if (!(await mark.count())) continue;
    const [rights, wrongs] = (await mark.getAttribute('data-key')).split(':').map(Number);
    // Counted from the answers themselves, not by the browser of images.
    const [there, back] = await page.evaluate(([a, b]) => {
      const { models, truth } = JSON.parse(document.getElementById('page-data').textContent);
      const bytes = text => new Uint16Array(Uint8Array.from(atob(text), letter => letter.charCodeAt(0)).buffer);
      const [label, one, other] = [truth, ...[a, b].map(number => models.find(model => model.number === number)?.predicted ?? '')].map(bytes);
      const only = (mine, others) => label.reduce((sum, is, i) => sum + (mine[i] === is && others[i] !== is), 0);
      return one.length && other.length ? [only(one, other), only(other, one)] : [null, null];
    }, [rights, wrongs]);
    if (there === null) continue;
    await follow(mark, there, 'mistakes of');
    const swap = page.locator('#page-images').getByRole('button', { name: 'The other way round' });
    if (!(await swap.isVisible())) {
      report(`${rights}:${wrongs} cannot be turned round`);
      continue;
    }
    await swap.click();
    if (await number() !== back) report(`the other way round there are ${back} images, not '${await status.textContent()}'`);
    await clear.click();
    if (await clear.isVisible()) report('a cleared filter can be cleared again');
    if ((await status.textContent()).includes('that')) report(`a cleared filter still shows '${await status.textContent()}'`);
    if (await number() > all) report('there are more images than there are');
  }
  if (await clear.isVisible()) await clear.click();
  const duplicates = await page.evaluate(() => JSON.parse(document.getElementById('page-data').textContent).duplicates ?? []);
  if (duplicates.length) {
    const only = page.locator('#page-images').getByLabel('With a duplicate in the training set');
    await page.locator('#page-images select').nth(1).selectOption('all');
    await page.locator('#page-images select').nth(4).selectOption('number');
    await only.focus();
    await page.keyboard.press('Space');
    if (await number() !== duplicates.length) report(`${duplicates.length} images have duplicates, not '${await status.textContent()}'`);
    const detail = await page.locator('#page-images .detail').textContent();
    if (!detail.includes(`training image ${duplicates[0].train}`)) report(`the training image of image ${duplicates[0].image} is not in '${detail}'`);
    if (await page.locator('#page-images .detail .tile').count() !== 2) report('the training image is not shown');
    for (const [at, { image, distance, mirrored, moved }] of duplicates.entries()) {
      await page.locator('#page-images ul.images button').nth(at).click();
      const words = await page.locator('#page-images .detail').textContent();
      const same = distance === 0 && !mirrored && !moved;
      if (words.includes('their pixels are the same.') !== same || words.includes(', moved by a pixel') !== moved) report(`of image ${image} it says '${words}'`);
    }
    await clear.click();
    if (await only.isChecked()) report('the filter of duplicates is not cleared');
    await page.locator('#page-images select').nth(4).selectOption('sure');
  }
  const wrong = await page.evaluate(() => {
    const found = [];
    const [model, what, truth, answer] = document.querySelectorAll('#page-images select');
    const range = document.querySelector('#page-images input[type=range]');
    const told = () => Number(document.querySelector('#page-images p[role=status]').textContent.match(/^[\d,]+/)?.[0].replace(/,/g, '') ?? 0);
    const set = (control, value, kind = 'change') => {
      control.value = value;
      control.dispatchEvent(new Event(kind));
    };
    for (const control of [truth, answer]) set(control, 'any');
    set(model, 0);
    set(what, 'all');
    const all = told();
    set(what, 'right');
    const right = told();
    set(what, 'wrong');
    if (right + told() !== all) found.push(`${right} right and ${told()} wrong are not all ${all} images`);
    set(what, 'all');
    set(range, 90, 'input');
    const kept = told();
    set(what, 'right');
    const [, share, good] = [...document.querySelectorAll('#page-images p b')].map(one => Number.parseFloat(one.textContent));
    if (Math.abs(share - 100 * kept / all) > 0.006) found.push(`says that ${share} % are answered, not ${kept} of ${all}`);
    if (kept && Math.abs(good - 100 * told() / kept) > 0.006) found.push(`says that ${good} % are right, not ${told()} of ${kept}`);
    set(range, 0, 'input');
    return found;
  });
  wrong.forEach(report);
}

/**
 * What stands beside something fills the width: no column is less than a third, and no half of the page is empty. The
 * standings, which have the most columns, get most of the width.
 */
async function columns(page, report) {
  const { seen, wrong } = await page.evaluate(() => {
    const bands = [...document.querySelectorAll('.beside')].filter(one => one.checkVisibility());
    const width = one => one.getBoundingClientRect().width;
    const wrong = bands.flatMap(band => {
      const shares = [...band.children].map(one => width(one) / width(band));
      return shares.length === 2 && shares.every(share => share > 0.35) ? [] : [`has columns of ${shares} of its width`];
    });
    const standings = document.getElementById('table');
    const share = standings && width(standings) / width(standings.closest('section'));
    if (standings && !(share >= 0.6)) wrong.push(`the standings have ${Math.round(100 * share)} % of the width`);
    return { seen: bands.length, wrong };
  });
  bands += seen;
  wrong.forEach(report);
}

/** A link that was changed on its way is ignored: an error, which would be reported, stops the script. */
async function mangled(page) {
  await page.evaluate(() => new Promise(done => {
    addEventListener('hashchange', () => done(), { once: true });
    location.hash = '100%';
  }));
}

/** Of many classes a matrix shows only some: a link to the cell of another class says so. */
async function linked(page, report) {
  const name = await page.evaluate(() => {
    const figure = document.querySelector('figure[data-shown]');
    if (!figure) return null;
    const { classes } = JSON.parse(document.getElementById('page-data').textContent);
    const shown = figure.dataset.shown.split(',').map(Number);
    const other = classes.findIndex((_, label) => !shown.includes(label));
    location.hash = `${figure.id}.${other}.${shown[0]}`;
    return classes[other];
  });
  if (name === null) return;
  await page.waitForFunction(() => document.activeElement?.matches('figure[data-shown], figure[data-shown] *'));
  const note = await page.locator('figure[data-shown] .note').first().textContent();
  if (!note.startsWith(`${name} is not among the `)) report(`a link to ${name}, which the matrix does not show, says '${note}'`);
}

/** On paper nothing is cut: no chart is wider than the page, and each open one is there. */
async function paper(page, report) {
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 718, height: 1000 }); // A4 with margins of 1 cm
  await drawn(page, report);
  if ((await page.pdf({ format: 'A4' })).length < 10_000) report('printing gives an empty file');
  await page.emulateMedia({ media: 'screen' });
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
    const name = (last.cells[0].querySelector('bdi') ?? last.cells[0]).textContent;
    type(name.toUpperCase());
    if (last.hidden) found.push(`does not find ${name}`);
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
      if (!head.textContent) return;
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

/**
 * Asks axe about what can be seen, last of all: what is like the first of its kind in long tables, lists and charts is taken out, and
 * so is what is folded up. Were it only hidden, axe would need three times as long.
 */
async function accessible(page, how, report) {
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const rest = 'tbody tr:nth-child(n+4), li:nth-child(n+6), .plot svg > :nth-child(n+30), option:nth-child(n+4), details:not([open]) > :not(summary)';
    [...document.querySelectorAll(rest)].forEach(one => one.remove());
    const rules = { 'label-content-name-mismatch': { enabled: true } };
    const found = await axe.run({ resultTypes: ['violations'], rules });
    return found.violations
      .map(one => `${one.id} (${one.help}): ${one.nodes.slice(0, 3).map(node => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`).join(' | ')}`);
  });
  violations.forEach(violation => report(`${how}: ${violation}`));
}

async function scheme(page, report) {
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await background();
  await page.locator('#scheme').click();
  if (before === await background()) report('the switch does not change the colors');
  await page.locator('#scheme').click();
  if (before !== await background()) report('the switch does not change the colors back');
}
