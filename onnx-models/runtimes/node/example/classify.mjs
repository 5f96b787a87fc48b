// Prints the label of each image and its probability. Usage: node classify.mjs MODEL.onnx IMAGE.png...
import { readFileSync } from 'node:fs';
import ort from 'onnxruntime-node';
import { PNG } from 'pngjs';

const [model, ...images] = process.argv.slice(2);
const signature = readFileSync(model.replace('.onnx', '.signature.json'), 'utf8');
const { input, output, labels, normalization } = JSON.parse(signature);
const [, channels, height, width] = input.shape;
const session = await ort.InferenceSession.create(model);
for (const image of images) {
  const png = PNG.sync.read(readFileSync(image)); // red, green, blue and opacity of each pixel
  if (png.width !== width || png.height !== height) {
    console.error(`${image}: expected ${width}x${height} pixels, found ${png.width}x${png.height}`);
    process.exit(1);
  }
  const pixels = new (normalization ? Float32Array : Uint8Array)(channels * height * width).map((_, i) => {
    const channel = Math.floor(i / (height * width));
    const [red, green, blue] = png.data.subarray(4 * (i % (height * width)));
    const pixel = channels === 1 ? Math.round(0.299 * red + 0.587 * green + 0.114 * blue) : [red, green, blue][channel];
    return normalization ? (pixel / 255 - normalization.mean[channel]) / normalization.std[channel] : pixel;
  });
  const tensor = new ort.Tensor(input.type, pixels, [1, channels, height, width]);
  const logits = [...(await session.run({ [input.name]: tensor }))[output.name].data];
  const best = Math.max(...logits);
  const probability = 1 / logits.reduce((sum, logit) => sum + Math.exp(logit - best), 0);
  console.log([image, labels[logits.indexOf(best)], probability.toFixed(6)].join('\t'));
}
