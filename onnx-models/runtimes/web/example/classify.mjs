// Shows the label of each sample and its probability, in the page.
import * as ort from './node_modules/onnxruntime-web/dist/ort.wasm.min.mjs';

const { labels } = await (await fetch('../model.pixels.signature.json')).json();
const { images } = await (await fetch('../samples/expected.json')).json();
ort.env.wasm.numThreads = 1; // more need the headers Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy
const session = await ort.InferenceSession.create('../model.pixels.onnx');
for (const { image } of images) {
  const bitmap = await createImageBitmap(await (await fetch(`../${image}`)).blob()); // upright
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height).getContext('2d');
  canvas.drawImage(bitmap, 0, 0);
  const { data } = canvas.getImageData(0, 0, width, height); // red, green, blue and opacity of each pixel
  const pixels = Uint8Array.from({ length: 3 * height * width }, (_, i) => data[i + Math.floor(i / 3)]);
  const input = new ort.Tensor('uint8', pixels, [1, height, width, 3]);
  const logits = [...(await session.run({ image: input })).logits.data];
  const best = Math.max(...logits);
  const probability = 1 / logits.reduce((sum, logit) => sum + Math.exp(logit - best), 0);
  document.body.append([image, labels[logits.indexOf(best)], probability.toFixed(6)].join('\t') + '\n');
}
