// Shows the label of each sample and its probability, in the page.
import * as ort from './node_modules/onnxruntime-web/dist/ort.wasm.min.mjs';

const { input, output, labels, normalization } = await (await fetch('../model.signature.json')).json();
const { images } = await (await fetch('../samples/expected.json')).json();
const [, channels, height, width] = input.shape;
ort.env.wasm.numThreads = 1; // more need the headers Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy
const session = await ort.InferenceSession.create('../model.onnx');
const canvas = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
for (const { image } of images) {
  const bitmap = await createImageBitmap(await (await fetch(`../${image}`)).blob());
  if (bitmap.width !== width || bitmap.height !== height) {
    document.body.append(`${image}: expected ${width}x${height} pixels, found ${bitmap.width}x${bitmap.height}\n`);
    continue;
  }
  canvas.drawImage(bitmap, 0, 0);
  const { data } = canvas.getImageData(0, 0, width, height); // red, green, blue and opacity of each pixel
  const pixels = new (normalization ? Float32Array : Uint8Array)(channels * height * width).map((_, i) => {
    const channel = Math.floor(i / (height * width));
    const [red, green, blue] = data.subarray(4 * (i % (height * width)));
    const pixel = channels === 1 ? Math.round(0.299 * red + 0.587 * green + 0.114 * blue) : [red, green, blue][channel];
    return normalization ? (pixel / 255 - normalization.mean[channel]) / normalization.std[channel] : pixel;
  });
  const tensor = new ort.Tensor(input.type, pixels, [1, channels, height, width]);
  const logits = [...(await session.run({ [input.name]: tensor }))[output.name].data];
  const best = Math.max(...logits);
  const probability = 1 / logits.reduce((sum, logit) => sum + Math.exp(logit - best), 0);
  document.body.append([image, labels[logits.indexOf(best)], probability.toFixed(6)].join('\t') + '\n');
}
