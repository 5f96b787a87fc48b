import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
const [executablePath, file] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, colorScheme: 'light', offline: true, reducedMotion: 'reduce' });
const page = await context.newPage();
await page.goto(pathToFileURL(file).href);
await page.evaluate(() => {
    const parts = [...document.querySelectorAll('.contestant')];
    [...new Set([parts[0], parts.at(-1)])].filter(Boolean).forEach(part => {
      part.open = true;
      part.querySelectorAll('details').forEach(details => (details.open = true));
    });
    document.querySelectorAll('main > section > details:not(.contestant)').forEach(details => (details.open = true));
});
await page.evaluate(axe);
console.log('elements', await page.evaluate(() => document.querySelectorAll('*').length));
const SEL='tbody tr:nth-child(n+4), li:nth-child(n+6), .plot svg > :nth-child(n+30), option:nth-child(n+4)';
const run = async (name, opts) => {
  const r = await page.evaluate(async opts => {
    const t = performance.now(); const e = performance.getEntriesByType('measure').length;
    const found = await axe.run(opts);
    const m = performance.getEntriesByType('measure').filter(x=>x.name.startsWith('rule_')).map(x=>[x.name,Math.round(x.duration)]).sort((a,b)=>b[1]-a[1]).slice(0,12);
    performance.clearMeasures();
    return [performance.now()-t, found.violations.length, m, found.violations.map(v=>v.id+v.impact)];
  }, opts);
  console.log(name, JSON.stringify(r));
};
const rest = await page.addStyleTag({ content: SEL+' { display: none !important; }' });
await run('hidden', { resultTypes: ['violations'], performanceTimer: true });
console.log('removed', await page.evaluate(SEL => { const all=[...document.querySelectorAll(SEL)]; all.forEach(e=>e.remove()); return [all.length, document.querySelectorAll('*').length]; }, SEL));
await run('removed', { resultTypes: ['violations'], performanceTimer: true });
console.log('closed removed', await page.evaluate(() => { const all=[...document.querySelectorAll('details:not([open]) > :not(summary)')]; all.forEach(e=>e.remove()); const inv=[...document.querySelectorAll('body *')].filter(e=>!e.checkVisibility() && !['SCRIPT','STYLE'].includes(e.tagName)); inv.forEach(e=>e.remove()); return [all.length, inv.length, document.querySelectorAll('*').length]; }));
await run('visible only', { resultTypes: ['violations'], performanceTimer: true });
await browser.close();
