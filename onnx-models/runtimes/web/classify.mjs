// Runs ONNX Runtime Web, in the browser.
const webgpu = location.search === '?webgpu';
const ort = await import(webgpu ? './ort/ort.webgpu.min.mjs' : './ort/ort.wasm.min.mjs');
const { input, output, normalization } = await (await fetch('signature.json')).json();
const [batch, ...shape] = input.shape; // such as "batch", 1, 28, 28
const [channels, height, width] = shape;

function prepared(pixels) {
  if (!normalization) return pixels; // the file takes pixels as they are
  const { mean, std } = normalization;
  const numbers = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const channel = Math.floor(i / (height * width)) % channels;
    numbers[i] = (pixels[i] / 255 - mean[channel]) / std[channel];
  }
  return numbers;
}

/** Returns the shape of each batch and its pixels. */
function* batches(pixels) {
  const length = channels * height * width; // no number if each image has its own size
  const step = batch === 'batch' ? 256 : batch;
  for (let from = 0, to; from < pixels.length; from = to) {
    let own = shape;
    if (!length) { // before the pixels of each image: its height, width and channels
      own = [0, 4, 8].map(at => new DataView(pixels.buffer, from, 12).getInt32(at, true));
      from += 12;
    }
    const size = own[0] * own[1] * own[2];
    to = Math.min(from + (length ? step : 1) * size, pixels.length);
    yield [[(to - from) / size, ...own], pixels.subarray(from, to)];
  }
}

/** Opens the file for WebGPU, and says which operators it leaves to the processor; only the log tells. */
async function openOnWebGpu() {
  if (!(await navigator.gpu?.requestAdapter())) throw new Error('expected a browser with WebGPU, found no adapter');
  const { error } = console;
  const lines = [];
  console.error = line => lines.push(line);
  const options = { executionProviders: ['webgpu'], logSeverityLevel: 0 };
  const session = await ort.InferenceSession.create('model.onnx', options).finally(() => { console.error = error; });
  const left = new Map(); // how many nodes of each operator
  let place;
  for (const line of lines.filter(line => line.includes('VerifyEachNodeIsAssignedToAnEp'))) {
    place = /placed on \[(\w+)/.exec(line)?.[1] ?? place;
    const operator = /\] +(\w+) \(/.exec(line)?.[1]; // such as "]   RNN (/02RNN/RNN)"
    if (operator && place === 'CPUExecutionProvider') left.set(operator, (left.get(operator) ?? 0) + 1);
  }
  if (!place) throw new Error('expected the places of all nodes in the log of ONNX Runtime, found none');
  const some = [...left].map(([operator, nodes]) => `${nodes} ${operator}`).join(', ');
  return { session, note: `WebGPU ran ${some ? `all nodes but ${some}` : 'all nodes'}` };
}

async function classify() {
  // WebAssembly has threads only in a page that is cross-origin isolated; see the headers in run.mjs.
  ort.env.wasm.numThreads = self.crossOriginIsolated ? navigator.hardwareConcurrency : 1;
  const { session, note } = webgpu ? await openOnWebGpu() : { session: await ort.InferenceSession.create('model.onnx') };
  const pixels = new Uint8Array(await (await fetch('images')).arrayBuffer());
  const answers = [];
  const start = performance.now();
  for (const [size, some] of batches(pixels)) {
    const tensor = new ort.Tensor(input.type, prepared(some), size);
    const results = await session.run({ [input.name]: tensor }, [output.name]);
    answers.push(results[output.name].data.slice());
  }
  const seconds = (performance.now() - start) / 1000;
  await fetch('logits', { method: 'POST', body: new Blob(answers) });
  return { version: ort.env.versions.web, seconds, threads: ort.env.wasm.numThreads, note };
}

const said = await classify().catch(error => ({ error: String(error) }));
await fetch('done', { method: 'POST', body: JSON.stringify(said) });
