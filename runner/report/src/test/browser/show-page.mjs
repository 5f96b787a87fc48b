// Serves a folder, opens a page of it in Chromium, and prints its text once that has enough lines, or has stood still.
// Usage: node show-page.mjs FOLDER PAGE LINES PROFILE
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { close, open } from '../../../../../onnx-models/runtimes/web/chromium.mjs';

const [folder, page, lines, profile] = process.argv.slice(2);
const types = { '.html': 'text/html', '.mjs': 'text/javascript', '.wasm': 'application/wasm', '.json': 'application/json' };
const STILL = 60_000; // a page that says nothing for so long has failed, and the test sees what it said

// The page is shown as it is, in a frame: another script reads what stands in it.
const watch = `<!doctype html><iframe src="${page}"></iframe><script>
const frame = document.querySelector('iframe');
const start = performance.now();
setInterval(() => {
  const said = frame.contentDocument.body?.innerText ?? '';
  if (said.trim().split('\\n').length >= ${lines} || performance.now() - start > ${STILL})
    fetch('/said', { method: 'POST', body: said });
}, 100);
</script>`;

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://127.0.0.1');
  if (pathname === '/said') {
    console.log(await text(request));
    await close(browser, profile);
    process.exit(0);
  }
  try {
    const content = pathname === '/' ? watch : await readFile(join(folder, decodeURIComponent(pathname)));
    response.writeHead(200, { 'Content-Type': pathname === '/' ? 'text/html' : types[extname(pathname)] ?? 'application/octet-stream' });
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise(ready => server.listen(0, '127.0.0.1', ready));
const browser = open(`http://127.0.0.1:${server.address().port}/`, profile);
