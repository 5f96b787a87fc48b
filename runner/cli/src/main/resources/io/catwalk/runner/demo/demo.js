'use strict';
// Runs networks in the browser, from disk: fetch() may not read files there, so data.js, runtime.js, webgpu.js and model-N.js pass the data.

const PAINT = 280; // longer side of the drawing in pixels
const BRUSH = 22;
const SHOWN = 10; // most probabilities that are listed
const PATCHES = 8; // number of parts of a side, which are covered one after the other
const HINT = 'Draw, drop or paste an image, open a file, or choose a test image.';
const EQUAL = 1e-4; // by how much a score may differ from that of ONNX Runtime for Java
const PIXELS = 'preparation/pixels'; // output of what a network sees: (batch, channels, height, width)

const $ = id => document.getElementById(id);
const pad = $('pad').getContext('2d', { willReadFrequently: true });
const networks = [];
let data, chosen = 0, current, truth = null, asked = 0, told = 0, drawn = false, missing = HINT;

const builds = {}, ready = {};
const gpu = Promise.resolve(navigator.gpu?.requestAdapter()).catch(() => null);

/** Functions that the files beside this one call; the last three are for programs that control the page. */
window.demo = { data: begin, runtime: (name, ...packed) => ready[name](...packed), network: addNetwork, logits: logitsOfTest, settled, networks };

async function unpacked(base64) {
  const packed = await fetch('data:application/octet-stream;base64,' + base64);
  return new Response(packed.body.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
}

function load(src) {
  document.head.append(Object.assign(document.createElement('script'), { src, async: false })); // one after the other
}

/** Loads ONNX Runtime Web, once: wasm, or webgpu, which lacks the kernels of some types that wasm has. */
function build(name) {
  return builds[name] ??= new Promise((resolve, reject) => {
    ready[name] = (...packed) => prepare(ort, ...packed).then(resolve, reject);
    load(`ort.${name}.min.js`);
    load({ wasm: 'runtime.js', webgpu: 'webgpu.js' }[name]);
  });
}

async function prepare(ort, glue, wasm) {
  ort.env.wasm.numThreads = 1; // a page from disk is not cross-origin isolated, so it gets no threads
  ort.env.wasm.wasmBinary = await unpacked(wasm);
  ort.env.wasm.wasmPaths = { mjs: URL.createObjectURL(new Blob([await unpacked(glue)], { type: 'text/javascript' })) };
  return ort;
}

function begin(all) {
  data = all;
  $('about').textContent = `${count(data.networks.length, 'network')} of ${data.dataset}. They run in this browser, and no image leaves it.`;
  for (const about of data.networks) networks.push({ about, session: null, logits: null });
  shapePad();
  drawRows();
  const images = data.images && bytes(data.images);
  data.tests = data.truth.map((label, i) => ({ label, image: picture(images.subarray(i * size(), (i + 1) * size())) }));
  drawTests();
  gpu.then(adapter => {
    build(adapter && data.tests.length ? 'webgpu' : 'wasm').catch(() => {}); // each network says so
    for (const [i] of networks.entries()) load(`model-${i}.js`);
  });
  data.tests.length ? choose(0) : clear();
}

async function addNetwork(index, base64) {
  const network = networks[index];
  try {
    await openNetwork(network, await unpacked(base64));
  } catch (error) {
    leaveOut(network, error);
    show();
    return;
  }
  await answer();
}

/** Opens a network for WebGPU if it passes a self-test there, else for WebAssembly, and notes why. */
async function openNetwork(network, file) {
  const open = async name => {
    const ort = await build(name);
    const options = { executionProviders: [name], logSeverityLevel: 3 };
    return { about: network.about, ort, session: await alone(() => ort.InferenceSession.create(new Uint8Array(file), options)) };
  };
  const tested = network.about.answers.length / data.classes.length;
  network.noWebGpu = !(await gpu) ? 'this browser has none' : tested ? '' : 'no test images to try it with';
  if (!network.noWebGpu) {
    try {
      const opened = await open('webgpu');
      const scores = (await ask(opened, data.tests.slice(0, tested).map(test => test.image))).flat();
      network.apart = Math.max(...scores.map((score, i) => Math.abs(score - network.about.answers[i])));
      if (network.apart <= EQUAL) {
        Object.assign(network, opened);
        return;
      }
      network.noWebGpu = `its scores differ by ${network.apart.toPrecision(2)}`;
      await alone(() => opened.session.release());
    } catch (error) {
      network.noWebGpu = String(error.message ?? error);
    }
  }
  Object.assign(network, await open('wasm'));
}

/** Says where the networks run, and why those without WebGPU do not use it. */
function showBackends() {
  const opened = networks.filter(network => network.session);
  const names = some => some.length === networks.length ? 'all networks' : some.map(network => network.about.name).join(', ');
  const onGpu = opened.filter(network => !network.noWebGpu);
  const parts = onGpu.length ? [`WebGPU runs ${names(onGpu)}, after a self-test: scores of test images differ by at most `
    + `${Math.max(...onGpu.map(network => network.apart)).toExponential(1)} from the stored ones.`] : [];
  for (const reason of new Set(opened.map(network => network.noWebGpu).filter(Boolean))) {
    parts.push(`WebAssembly runs ${names(opened.filter(network => network.noWebGpu === reason))}, on one thread; WebGPU: ${reason}.`);
  }
  $('backends').textContent = parts.join(' ');
}

/** Shows in place of the answers of a network why there are none. */
function leaveOut(network, error) {
  Object.assign(network, { session: null, probabilities: undefined, seen: undefined, ms: undefined, failure: String(error.message ?? error) });
}

const count = (n, word) => `${n} ${word}${n === 1 ? '' : 's'}`;
const size = () => data.channels * data.height * data.width;
const bytes = base64 => Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));

/** Makes an image of what a network sees, (channels, height, width). */
function picture(pixels) {
  const image = new ImageData(data.width, data.height), plane = data.height * data.width;
  for (let i = 0; i < plane; i++) {
    for (let color = 0; color < 3; color++) image.data[4 * i + color] = pixels[(color % data.channels) * plane + i];
    image.data[4 * i + 3] = 255;
  }
  return image;
}

/** Converts images of one size to the input of all networks, which resize and normalize them. */
function tensor(ort, images) {
  const [{ width, height }] = images;
  const values = new Uint8Array(images.length * height * width * 3);
  let at = 0;
  for (const { data } of images) for (let i = 0; i < data.length; i++) if (i % 4 < 3) values[at++] = data[i];
  return new ort.Tensor('uint8', values, [images.length, height, width, 3]);
}

/** Runs a network on images of one size: on all at once, unless it takes one alone. */
async function ask({ about: { output }, ort, session }, images, noted = () => {}) {
  const step = output.shape[0] === 'batch' ? images.length : 1;
  const classes = data.classes.length;
  const answers = [];
  for (let from = 0; from < images.length; from += step) {
    const question = { image: tensor(ort, images.slice(from, from + step)) };
    const results = await alone(async () => {
      const start = performance.now();
      const results = await session.run(question);
      noted(performance.now() - start, results[PIXELS].data);
      return results;
    });
    const values = results[output.name].data;
    for (let i = 0; i < step; i++) answers.push([...values.slice(i * classes, (i + 1) * classes)]);
  }
  return answers;
}

let last = Promise.resolve();

/** Runs tasks one after the other, since a session can run only one at a time. */
function alone(work) {
  const result = last.then(work);
  last = result.catch(() => {});
  return result;
}

async function logitsOfTest(index, images) {
  return ask(networks[index], images.map(image => data.tests[image].image));
}

function probabilities({ about: { output } }, scores) {
  if (output.scores !== 'logits') return scores;
  const largest = Math.max(...scores);
  const powers = scores.map(score => Math.exp(score - largest));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map(power => power / sum);
}

const best = values => values.indexOf(Math.max(...values));

/** Returns whether the predictions shown belong to the image shown. */
function settled() {
  return told === asked && !drawn;
}

/** Runs all loaded networks on the image; stops if another image arrives. */
async function answer() {
  const turn = ++asked;
  for (const network of networks) {
    if (!network.session || !current) continue;
    try {
      let ms, seen;
      const [scores] = await ask(network, [current], (time, pixels) => { ms = time; seen = picture(pixels); });
      if (turn !== asked) return;
      Object.assign(network, { ms, seen, probabilities: probabilities(network, scores) });
    } catch (error) {
      leaveOut(network, error); // the others answer
    }
  }
  if (turn !== asked) return;
  told = turn;
  show();
}

function drawRows() {
  $('answers').replaceChildren(...networks.map(({ about }, i) => {
    const row = document.createElement('tr');
    row.innerHTML = '<th scope="row"></th><td><button type="button" aria-pressed="false"></button></td><td></td><td></td>';
    row.querySelector('th').textContent = about.name;
    row.querySelector('button').onclick = () => { chosen = i; hideWhere(); show(); };
    return row;
  }));
}

function show() {
  const answered = networks.filter(network => network.probabilities);
  const votes = new Map();
  for (const network of answered) {
    const label = best(network.probabilities);
    votes.set(label, (votes.get(label) ?? 0) + 1);
  }
  const [most] = [...votes].sort((a, b) => b[1] - a[1])[0] ?? [];
  networks.forEach((network, i) => {
    const [button, probability, ms] = [...$('answers').rows[i].querySelectorAll('button, td:nth-child(n+3)')];
    const label = network.probabilities && best(network.probabilities);
    button.textContent = network.failure
      ?? (network.probabilities ? data.classes[label] : network.session && !current ? 'no image' : 'loading');
    button.title = network.failure ?? '';
    button.className = network.probabilities && label !== most ? 'differs' : '';
    button.setAttribute('aria-pressed', i === chosen);
    button.setAttribute('aria-label', `${network.about.name}: ${button.textContent}. Show its probabilities`);
    probability.textContent = network.probabilities ? percent(network.probabilities[label]) : '';
    ms.textContent = network.probabilities && network.ms !== undefined ? network.ms.toFixed(1) : '';
  });
  showBackends();
  const { about, seen } = networks[chosen];
  $('invert').disabled = !current;
  $('seen').hidden = $('seen-title').hidden = !seen;
  $('seen-title').textContent = `What ${about.name} sees`;
  if (seen) drawnOn($('seen'), seen);
  $('verdict').textContent = !current ? missing : answered.length ? verdict(answered, votes, most)
    : networks.every(network => network.failure) ? 'No network can answer here: the table says why.' : 'Loading the networks.';
  showClasses();
}

function verdict(answered, votes, most) {
  const all = votes.get(most) === answered.length;
  const loading = networks.filter(network => !network.probabilities && !network.failure).length;
  let text = answered.length === 1 ? `${answered[0].about.name} says ${data.classes[most]}.`
    : all ? `All ${answered.length} say ${data.classes[most]}.`
    : `${votes.get(most)} of ${answered.length} say ${data.classes[most]}. ` + answered
      .filter(network => best(network.probabilities) !== most)
      .map(network => `${network.about.name}: ${data.classes[best(network.probabilities)]}`).join('; ') + '.';
  if (truth !== null) text += ` The label is ${data.classes[truth]}.`;
  return loading ? `${text} ${count(loading, 'network')} still to come.` : text;
}

const percent = share => `${(share * 100).toFixed(share > 0.9995 || share < 0.0005 ? 0 : 1)} %`;

function showClasses() {
  const network = networks[chosen];
  const classes = data.classes.length;
  $('classes-title').textContent = `${classes > SHOWN ? `The ${SHOWN} highest of ${classes} probabilities` : 'Probabilities'} of ${network.about.name}`;
  $('occlude').disabled = !network.probabilities;
  $('report').hidden = !network.about.report;
  if (network.about.report) leadToReport(network);
  if (!network.probabilities) return $('classes').replaceChildren();
  const order = network.probabilities.map((share, label) => [share, label]).sort((a, b) => b[0] - a[0]).slice(0, SHOWN);
  $('classes').replaceChildren(...order.map(([share, label]) => {
    const line = document.createElement('div');
    line.className = 'class';
    line.innerHTML = '<span></span><span><div class="bar"></div></span><span></span>';
    line.children[0].textContent = data.classes[label];
    line.querySelector('.bar').style.setProperty('--p', share);
    line.children[2].textContent = percent(share);
    return line;
  }));
}

/** Links to the confusion matrix in the report: to the cell of label and prediction, or without a label to the prediction. */
function leadToReport({ about: { report }, probabilities }) {
  const answer = probabilities && best(probabilities);
  $('report').href = probabilities ? `${report}.${truth ?? 'any'}.${answer}` : report;
  $('report').textContent = !probabilities ? 'Its confusion matrix'
    : truth === null ? `What else it classifies as ${data.classes[answer]}`
    : truth === answer ? `How often it recognizes ${data.classes[answer]}`
    : `How often it classifies ${data.classes[truth]} as ${data.classes[answer]}`;
}

// ---- images

function drawTests() {
  $('tests-part').hidden = !data.tests.length;
  $('tests').replaceChildren(...data.tests.map((test, i) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.tabIndex = -1;
    button.setAttribute('role', 'radio');
    button.setAttribute('aria-checked', false);
    button.setAttribute('aria-label', `${data.classes[test.label]}, test image ${i + 1}`);
    button.title = data.classes[test.label];
    button.append(canvasOf(test.image));
    button.onclick = () => choose(i);
    return button;
  }));
  if (data.tests.length) $('tests').children[0].tabIndex = 0;
}

$('tests').onkeydown = event => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const now = [...$('tests').children].indexOf(document.activeElement);
  const next = (now + step + data.tests.length) % data.tests.length;
  choose(next);
  $('tests').children[next].focus();
};

function mark(index) {
  [...$('tests').children].forEach((button, i) => {
    button.setAttribute('aria-checked', i === index);
    button.tabIndex = i === Math.max(0, index) ? 0 : -1;
  });
}

function choose(index) {
  place(data.tests[index].image);
  see(data.tests[index].image, index);
}

function drawnOn(canvas, image) {
  Object.assign(canvas, { width: image.width, height: image.height });
  canvas.getContext('2d').putImageData(image, 0, 0);
  return canvas;
}

const canvasOf = image => drawnOn(document.createElement('canvas'), image);

/** Gives the drawing the shape of the images of the networks, which see the whole drawing. */
function shapePad() {
  const scale = PAINT / Math.max(data.width, data.height);
  const side = length => Math.max(1, Math.round(length * scale));
  Object.assign(pad.canvas, { width: side(data.width), height: side(data.height) });
}

function blacken() {
  pad.fillStyle = '#000';
  pad.fillRect(0, 0, pad.canvas.width, pad.canvas.height);
}

/** Puts an image into the middle of the drawing, as large as possible. */
function place(image) {
  const { width, height } = pad.canvas;
  const scale = Math.min(width / image.width, height / image.height);
  blacken();
  pad.imageSmoothingEnabled = scale < 1; // each pixel of a test image stays itself, also under strokes
  const [wide, high] = [image.width * scale, image.height * scale];
  pad.drawImage(canvasOf(image), (width - wide) / 2, (height - high) / 2, wide, high);
}

/** Takes the image and all answers away, and says what is missing. */
function clear(what = HINT) {
  blacken();
  mark(-1);
  hideWhere();
  current = undefined;
  truth = null;
  missing = what;
  drawn = false;
  told = ++asked; // what a network answers from now on is about an image that is gone
  for (const network of networks) network.probabilities = network.seen = undefined;
  show();
}

/** Runs the networks once for all strokes of a frame. */
function redrawn() {
  if (drawn) return;
  drawn = true;
  requestAnimationFrame(() => {
    if (!drawn) return; // cleared
    drawn = false;
    see(pad.getImageData(0, 0, pad.canvas.width, pad.canvas.height));
  });
}

/** Runs the networks on an image of any size, perhaps a test image. */
function see(image, test = -1) {
  mark(test);
  truth = data.tests[test]?.label ?? null;
  current = image;
  hideWhere();
  answer();
}

async function open(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    clear(`Expected an image that this browser can show, but ${file.name || 'that'} is none: try a PNG or JPEG file.`);
    return;
  }
  const context = Object.assign(document.createElement('canvas'), { width: bitmap.width, height: bitmap.height }).getContext('2d');
  context.fillStyle = '#fff'; // transparent pixels are put on white, as for the data set
  context.fillRect(0, 0, bitmap.width, bitmap.height);
  context.drawImage(bitmap, 0, 0);
  const image = context.getImageData(0, 0, bitmap.width, bitmap.height);
  place(image);
  see(image);
}

// ---- occlusion: the probability of the predicted class while one part after the other has the mean color of the whole image

function hideWhere() {
  $('where').hidden = $('where-title').hidden = true;
}

$('occlude').onclick = async () => {
  const network = networks[chosen], image = current, { seen } = network;
  const label = best(network.probabilities), before = network.probabilities[label];
  const covered = [], mean = meanColor(seen);
  for (let row = 0; row < PATCHES; row++) for (let column = 0; column < PATCHES; column++) covered.push(cover(seen, row, column, mean));
  const outdated = () => image !== current || network !== networks[chosen];
  let answers;
  try {
    answers = await ask(network, covered);
  } catch (error) {
    if (outdated()) return;
    $('where').hidden = true;
    $('where-title').textContent = `${network.about.name} could not answer for the covered images: ${error.message ?? error}. Try another network.`;
    $('where-title').hidden = false;
    return;
  }
  if (outdated()) return;
  const drops = answers.map(scores => before - probabilities(network, scores)[label]);
  const most = Math.max(...drops.map(Math.abs), 1e-9);
  const context = drawnOn($('where'), seen).getContext('2d');
  drops.forEach((drop, i) => {
    const [x, y, right, bottom] = part(Math.floor(i / PATCHES), i % PATCHES);
    context.fillStyle = `rgba(${drop > 0 ? '255, 120, 0' : '0, 140, 255'}, ${0.8 * Math.abs(drop) / most})`;
    context.fillRect(x, y, right - x, bottom - y);
  });
  const lost = Math.max(...drops);
  $('where-title').textContent = lost < 0.005
    ? `No covered part costs ${data.classes[label]} half a point`
    : `Orange counts for ${data.classes[label]}: covered, up to ${(100 * lost).toFixed(0)} points are lost`;
  $('where').hidden = $('where-title').hidden = false;
};

function part(row, column) {
  const at = (i, length) => Math.round(i * length / PATCHES);
  return [at(column, data.width), at(row, data.height), at(column + 1, data.width), at(row + 1, data.height)];
}

function meanColor({ data }) {
  return [0, 1, 2].map(color => data.filter((_, i) => i % 4 === color).reduce((a, b) => a + b) * 4 / data.length);
}

function cover(image, row, column, color) {
  const [left, top, right, bottom] = part(row, column);
  const context = canvasOf(image).getContext('2d');
  context.fillStyle = `rgb(${color})`;
  context.fillRect(left, top, right - left, bottom - top);
  return context.getImageData(0, 0, image.width, image.height);
}

// ---- input

let pen = null;
const place2d = event => {
  const box = $('pad').getBoundingClientRect();
  return [(event.clientX - box.left) * pad.canvas.width / box.width, (event.clientY - box.top) * pad.canvas.height / box.height];
};
$('pad').onpointerdown = event => {
  $('pad').setPointerCapture(event.pointerId);
  pen = place2d(event);
  stroke(event);
};
$('pad').onpointermove = event => { if (pen) stroke(event); };
$('pad').onpointerup = $('pad').onpointercancel = () => { pen = null; };

function stroke(event) {
  const to = place2d(event);
  Object.assign(pad, { strokeStyle: '#fff', lineWidth: BRUSH, lineCap: 'round' });
  pad.beginPath();
  pad.moveTo(...pen);
  pad.lineTo(...to);
  pad.stroke();
  pen = to;
  redrawn();
}

$('clear').onclick = () => clear();
$('invert').onclick = () => {
  const inverted = new ImageData(current.data.map((value, i) => i % 4 < 3 ? 255 - value : value), current.width, current.height);
  place(inverted);
  see(inverted);
};
$('file').onclick = () => { $('file').value = ''; }; // else a file that is chosen again is no change
$('file').onchange = () => { if ($('file').files[0]) open($('file').files[0]); };
addEventListener('paste', event => {
  const file = [...event.clipboardData.files].find(one => one.type.startsWith('image/'));
  if (file) open(file);
});
// The report that shows this page has a color switch.
addEventListener('message', ({ source, data }) => {
  if (source === parent && ['light', 'dark'].includes(data?.scheme)) document.documentElement.dataset.scheme = data.scheme;
});
addEventListener('dragover', event => event.preventDefault());
addEventListener('drop', event => {
  event.preventDefault();
  if (event.dataTransfer.files[0]) open(event.dataTransfer.files[0]);
});
