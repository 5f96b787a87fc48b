// Runs ONNX Runtime for Node.js. Usage: node run.mjs MODEL.onnx SIGNATURE.json IMAGES LOGITS
import { readFileSync, writeFileSync } from 'node:fs';
import ort from 'onnxruntime-node';

const [model, signature, images, logits] = process.argv.slice(2);
const { input, output, normalization } = JSON.parse(readFileSync(signature, 'utf8'));
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

const pixels = new Uint8Array(readFileSync(images));
const length = channels * height * width;
const step = batch === 'batch' ? 256 : batch;
const session = await ort.InferenceSession.create(model);
const answers = [];
const start = performance.now();
for (let from = 0; from < pixels.length; from += step * length) {
  const some = prepared(pixels.subarray(from, from + step * length));
  const tensor = new ort.Tensor(input.type, some, [some.length / length, channels, height, width]);
  const results = await session.run({ [input.name]: tensor }, [output.name]);
  answers.push(new Uint8Array(results[output.name].data.slice().buffer));
}
const seconds = (performance.now() - start) / 1000;
writeFileSync(logits, Buffer.concat(answers));
console.log(JSON.stringify({ version: ort.env.versions.node, seconds }));
