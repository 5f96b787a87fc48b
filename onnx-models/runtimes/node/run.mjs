// Runs ONNX Runtime for Node.js. Usage: node run.mjs MODEL.onnx SIGNATURE.json IMAGES LOGITS
import { readFileSync, writeFileSync } from 'node:fs';
import ort from 'onnxruntime-node';

const [model, signature, images, logits] = process.argv.slice(2);
const { input, output, normalization } = JSON.parse(readFileSync(signature, 'utf8'));
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

const pixels = new Uint8Array(readFileSync(images));
const session = await ort.InferenceSession.create(model);
const answers = [];
const start = performance.now();
for (const [size, some] of batches(pixels)) {
  const tensor = new ort.Tensor(input.type, prepared(some), size);
  const results = await session.run({ [input.name]: tensor }, [output.name]);
  answers.push(new Uint8Array(results[output.name].data.slice().buffer));
}
const seconds = (performance.now() - start) / 1000;
writeFileSync(logits, Buffer.concat(answers));
console.log(JSON.stringify({ version: ort.env.versions.node, seconds }));
