// Runs ONNX Runtime Web, in the browser.
import * as ort from './ort/ort.wasm.min.mjs';

const { input, output, normalization } = await (await fetch('signature.json')).json();
const [batch, channels, height, width] = input.shape; // such as "batch", 1, 28, 28

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

async function classify() {
  // WebAssembly has threads only in a page that is cross-origin isolated; see the headers in run.mjs.
  ort.env.wasm.numThreads = self.crossOriginIsolated ? navigator.hardwareConcurrency : 1;
  const session = await ort.InferenceSession.create('model.onnx');
  const pixels = new Uint8Array(await (await fetch('images')).arrayBuffer());
  const length = channels * height * width;
  const step = batch === 'batch' ? 256 : batch;
  const answers = [];
  const start = performance.now();
  for (let from = 0; from < pixels.length; from += step * length) {
    const some = prepared(pixels.subarray(from, from + step * length));
    const tensor = new ort.Tensor(input.type, some, [some.length / length, channels, height, width]);
    const results = await session.run({ [input.name]: tensor }, [output.name]);
    answers.push(results[output.name].data.slice());
  }
  const seconds = (performance.now() - start) / 1000;
  await fetch('logits', { method: 'POST', body: new Blob(answers) });
  return { version: ort.env.versions.web, seconds, threads: ort.env.wasm.numThreads };
}

const said = await classify().catch(error => ({ error: String(error) }));
await fetch('done', { method: 'POST', body: JSON.stringify(said) });
