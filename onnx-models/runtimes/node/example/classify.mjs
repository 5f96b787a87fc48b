// Prints the label of each image and its probability. Usage: node classify.mjs MODEL.onnx IMAGE.png...
import { readFileSync } from 'node:fs';
import ort from 'onnxruntime-node';
import { PNG } from 'pngjs';

const [model, ...images] = process.argv.slice(2);
const { labels } = JSON.parse(readFileSync(model.replace('.onnx', '.signature.json'), 'utf8'));
const session = await ort.InferenceSession.create(model);
for (const image of images) {
  const file = readFileSync(image);
  if (file.toString('latin1', 1, 4) !== 'PNG') {
    console.error(`${image}: expected a PNG image, found another file; convert it`);
    process.exit(1);
  }
  const { width, height, data } = PNG.sync.read(file); // red, green, blue and opacity of each pixel
  const pixels = Uint8Array.from({ length: 3 * height * width }, (_, i) => data[i + Math.floor(i / 3)]);
  const input = new ort.Tensor('uint8', pixels, [1, height, width, 3]);
  const logits = [...(await session.run({ image: input })).logits.data];
  const best = Math.max(...logits);
  const probability = 1 / logits.reduce((sum, logit) => sum + Math.exp(logit - best), 0);
  console.log([image, labels[logits.indexOf(best)], probability.toFixed(6)].join('\t'));
}
