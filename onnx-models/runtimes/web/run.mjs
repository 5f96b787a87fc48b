// Starts a browser, serves the page to it, and waits for the results of the page.
// Usage: node run.mjs [--threads|--webgpu] MODEL.onnx SIGNATURE.json IMAGES LOGITS
import { createReadStream, createWriteStream } from 'node:fs';
import { createServer } from 'node:http';
import { basename, dirname, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { WEBGPU, close, open } from './chromium.mjs';

const [logits, images, signature, model, way] = process.argv.slice(2).reverse();
const threads = way === '--threads';
const webgpu = way === '--webgpu';
const here = import.meta.dirname;
const files = {
  '/': join(here, 'index.html'),
  '/classify.mjs': join(here, 'classify.mjs'),
  '/model.onnx': model,
  '/signature.json': signature,
  '/images': images,
};
const types = { '.html': 'text/html', '.mjs': 'text/javascript', '.wasm': 'application/wasm', '.json': 'application/json' };
// Headers that make a page cross-origin isolated, without which it gets no threads.
const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

const profile = join(dirname(logits), 'browser');
let browser;
const server = createServer(answer).listen(0, '127.0.0.1', () => {
  const page = `http://127.0.0.1:${server.address().port}/`;
  browser = webgpu ? open(`${page}?webgpu`, profile, WEBGPU) : open(page, profile);
  browser.on('exit', () => end({ error: 'the browser ended before the page did' }));
});

async function answer(request, response) {
  const { pathname } = new URL(request.url, 'http://127.0.0.1');
  if (request.method === 'POST' && pathname === '/logits') {
    await pipeline(request, createWriteStream(logits));
    response.end();
  } else if (request.method === 'POST' && pathname === '/done') {
    end(JSON.parse(await text(request)));
  } else {
    const ort = pathname.startsWith('/ort/') && join(here, 'node_modules/onnxruntime-web/dist', basename(pathname));
    const file = files[pathname] ?? ort;
    if (!file) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream', ...(threads && isolation) });
    await pipeline(createReadStream(file), response);
  }
}

function end({ error, threads: used, ...said }) {
  const missing = threads && used === 1 && { note: 'the browser has no WebAssembly threads here: it ran with one' };
  if (error) console.error(error);
  else console.log(JSON.stringify({ ...said, ...missing }));
  browser.removeAllListeners('exit');
  close(browser, profile).then(() => process.exit(error ? 1 : 0));
}
