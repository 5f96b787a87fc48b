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
  if (png.width !== width || png.height !== height) throw new Error(`${image} is not ${width}x${height} pixels`);
  const pixels = new (normalization ? Float32Array : Uint8Array)(channels * height * width).map((_, i) => {
    const channel = Math.floor(i / (height * width));
    const pixel = png.data[4 * (i % (height * width)) + channel];
    return normalization ? (pixel / 255 - normalization.mean[channel]) / normalization.std[channel] : pixel;
  });
  const tensor = new ort.Tensor(input.type, pixels, [1, channels, height, width]);
  const logits = [...(await session.run({ [input.name]: tensor }))[output.name].data];
  const best = Math.max(...logits);
  const probability = 1 / logits.reduce((sum, logit) => sum + Math.exp(logit - best), 0);
  console.log([image, labels[logits.indexOf(best)], probability.toFixed(6)].join('\t'));
}
