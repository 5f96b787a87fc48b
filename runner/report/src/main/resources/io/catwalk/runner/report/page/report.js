'use strict';

// The page is complete without this script. It adds hints on the charts, sortable tables, the image browser and the color
// switch. It reads what the templates write: data-name has the name of a classifier, data-key the images of a mark or a row.
(() => {
  const data = JSON.parse(document.getElementById('page-data')?.textContent ?? '{}');
  const root = document.documentElement;
  const FIRST = 20; // longer tables show only their first rows; others are found by search

  const percent = share => (100 * share).toFixed(2);
  const count = value => value.toLocaleString('en-US');
  const plural = (number, one) => `${count(number)} ${one}${number === 1 ? '' : 's'}`;

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  const bdi = text => element('bdi', {}, text);

  // ---- Hints on the charts, by pointing or with the arrow keys

  const hint = element('div', { id: 'hint', role: 'status', hidden: '' });
  document.body.append(hint);

  function show(mark) {
    const wish = wished(mark);
    if (!wish && !mark.hasAttribute('aria-label')) return hide();
    hint.textContent = mark.getAttribute('aria-label') ?? `Show ${browser.said(wish)}`;
    hint.hidden = false;
    const box = mark.getBoundingClientRect();
    const left = Math.min(Math.max(8, box.left + box.width / 2 - hint.offsetWidth / 2), root.clientWidth - hint.offsetWidth - 8);
    const above = box.top - hint.offsetHeight - 8;
    hint.style.left = `${left + scrollX}px`;
    hint.style.top = `${(above > 60 ? above : box.bottom + 8) + scrollY}px`;
  }

  const hide = () => (hint.hidden = true);

  /** Makes marks reachable: Tab stops at one, the arrow keys move to others, and Enter or a click opens the images of a mark. */
  function reachable(place, selector) {
    const marks = () => [...place.querySelectorAll(selector)].filter(one => one.checkVisibility());
    const found = event => event.target.closest(selector);
    let stop = null;
    function stopAt(mark) {
      stop?.setAttribute('tabindex', -1);
      stop = mark;
      mark?.setAttribute('tabindex', 0);
    }
    const begin = () => stop?.checkVisibility() || stopAt(place.querySelector(`${selector}:not([hidden])`));
    begin();
    place.addEventListener('shown', begin);
    place.addEventListener('pointerover', event => {
      const mark = found(event);
      mark ? show(mark) : hide();
      mark?.classList.toggle('leads', wished(mark) !== null);
    });
    place.addEventListener('pointerleave', hide);
    place.addEventListener('focusin', event => {
      const mark = found(event);
      if (!mark) return;
      stopAt(mark);
      show(mark);
    });
    place.addEventListener('focusout', hide);
    place.addEventListener('keydown', event => {
      const mark = found(event);
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === 'Escape') hide();
      if (!mark) return;
      if (['Enter', ' '].includes(event.key) && openImages(mark)) event.preventDefault();
      if (!step) return;
      event.preventDefault();
      const all = marks();
      stopAt(all[(all.indexOf(mark) + step + all.length) % all.length]);
      stop.focus({ preventScroll: place instanceof SVGElement });
    });
    place.addEventListener('click', event => openImages(found(event)));
  }

  // ---- The images, with the prediction of each classifier

  /** Unpacks numbers of 1, 2 or 4 bytes, the lowest byte first. */
  function unpacked(text, bytes) {
    const raw = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
    return bytes === 1 ? raw : bytes === 2 ? new Uint16Array(raw.buffer) : new Uint32Array(raw.buffer);
  }

  const browser = data.images ? imageBrowser() : null;

  document.querySelectorAll('.plot svg').forEach(svg => reachable(svg, 'g[aria-label]'));
  document.querySelectorAll('.plot g[data-key]').forEach(mark => {
    if (!wished(mark)) return;
    mark.setAttribute('role', 'button');
    mark.querySelectorAll('text').forEach(text => text.setAttribute('aria-hidden', true)); // the label says the same
  });
  if (browser) document.querySelectorAll('table:has([data-key])').forEach(table => reachable(table, '[data-key]'));

  /**
   * Returns which images a mark leads to, null for none. Key 3.5: images of class 3 that the classifier of this part of the
   * page classifies as class 5. Key bin2: images in the third bin of its reliability curve. Key 1:4: images that the first
   * classifier of the report gets right and the fourth wrong.
   */
  function wished(mark) {
    const key = mark?.dataset.key;
    if (!browser || !key) return null;
    const place = number => data.models.findIndex(one => one.number === Number(number));
    const pair = key.match(/^(\d+):(\d+)$/)?.slice(1).map(place);
    if (pair) return pair.includes(-1) ? null : { model: pair[1], what: `than-${pair[0]}` };
    const own = mark.closest('.group[data-name]');
    const model = own ? data.models.findIndex(one => one.name === own.dataset.name) : browser.model();
    if (model < 0) return null;
    if (key.startsWith('bin')) return { model, bin: Number(key.slice(3)) };
    const [truth, answer] = key.split('.');
    return { model, truth, answer };
  }

  function openImages(mark) {
    const wish = wished(mark);
    if (!wish) return false;
    hide();
    browser.filter(wish);
    const place = document.getElementById('page-images');
    place.closest('section').scrollIntoView();
    place.querySelector('select').focus({ preventScroll: true });
    return true;
  }

  function imageBrowser() {
    const place = document.getElementById('page-images');
    const page = 48;
    const truth = unpacked(data.truth, 2);
    const names = data.names ? unpacked(data.names, 4) : null;
    const predicted = data.models.map(one => unpacked(one.predicted, 2));
    const bins = data.models.map(one => unpacked(one.bin, 1));
    const confidence = data.models.map(one => unpacked(one.confidence, 2)); // 0 to 65535 for 0 to 1, rounded down
    const order = unpacked(data.order, 4);
    const spot = new Int32Array(data.images).fill(-1); // place of each image on the sheets
    order.forEach((image, i) => (spot[image] = i));
    const right = (model, image) => predicted[model][image] === truth[image];
    const sureness = (m, image) => data.models[m].bins.length ? `${Math.round(confidence[m][image] / 655.35)} %` : '\u2013'; // classes alone have none
    const wrongs = Array.from(truth, (_, image) => data.models.reduce((sum, _model, m) => sum + !right(m, image), 0));

    /** Returns the largest sum of confidences for one class other than the label: if it is high, the label may be wrong. */
    function doubt(image) {
      const votes = new Map();
      data.models.forEach((_, m) => {
        if (!right(m, image)) votes.set(predicted[m][image], (votes.get(predicted[m][image]) ?? 0) + confidence[m][image]);
      });
      return Math.max(0, ...votes.values());
    }

    const pick = (label, options) => {
      const select = element('select', {}, ...options.map(([value, text]) => element('option', { value }, text)));
      select.addEventListener('change', () => draw(0));
      return [element('label', {}, element('span', {}, label), select), select];
    };
    const classes = data.classes.map((name, i) => [i, name.length > 40 ? `${name.slice(0, 39)}\u2026` : name]);
    const present = new Set(truth);
    const [modelLabel, model] = pick('Classifier', data.models.map((one, i) => [i, one.name]));
    const [whatLabel, what] = pick('Show', [
      ['wrong', 'its mistakes'],
      ['right', 'what it gets right'],
      ['all', 'all images'],
      ...(data.models.length > 1 ? [['everyone', 'mistakes of all'], ['alone', 'what only it gets right'], ['lost', 'what only it gets wrong']] : []),
      ...data.models.map((one, i) => [`than-${i}`, `its mistakes that ${one.name} gets right`]).slice(0, data.models.length > 1 ? undefined : 0),
    ]);
    const [truthLabel, wanted] = pick('True class', [['any', 'any'], ...classes.filter(([i]) => present.has(i))]);
    const [answerLabel, answered] = pick('Answer', [['any', 'any'], ...classes]);
    const [sortLabel, sort] = pick('First', [['sure', 'most confident'], ['unsure', 'least confident'], ['label', 'perhaps labeled wrongly'], ['number', 'by number']]);
    const range = element('input', { type: 'range', min: 0, max: 100, value: data.models[0].knee });
    const threshold = element('output', {});
    const twins = new Map((data.duplicates ?? []).map((twin, at) => [twin.image, { ...twin, at }]));
    const twin = element('input', { type: 'checkbox' });
    const told = element('p', { class: 'small', role: 'status' });
    const swap = element('button', { type: 'button' }, 'The other way round');
    const clear = element('button', { type: 'button' }, 'Clear the filter');
    const coverage = element('p', {});
    const grid = element('ul', { class: 'images' });
    const more = element('button', { type: 'button' }, 'Show more');
    const detail = element('div', { class: 'detail', 'aria-live': 'polite' });
    place.append(
      element('div', { class: 'controls pick' }, modelLabel, whatLabel, truthLabel, answerLabel, sortLabel,
        element('label', {}, element('span', {}, 'Confidence of at least '), range, threshold),
        ...(twins.size ? [element('label', {}, element('span', {}, 'With a duplicate in the training set'), twin)] : [])),
      coverage, element('div', { class: 'controls' }, told, swap, clear), element('div', { class: 'shown' }, element('div', {}, grid, more), detail),
    );
    range.addEventListener('input', () => draw(0));
    twin.addEventListener('change', () => draw(0));
    more.addEventListener('click', () => draw(grid.children.length));
    swap.addEventListener('click', () => filter({ ...state(), model: than(what.value), what: `than-${model.value}` }));
    clear.addEventListener('click', () => {
      filter({ what: 'wrong' });
      model.focus();
    });
    let bin = null; // of the reliability curve of the classifier; all other choices are stored in their form fields
    model.addEventListener('change', () => {
      // A threshold that nobody chose follows the classifier.
      if (data.models.some(one => one.knee === Number(range.value))) range.value = data.models[model.value].knee;
      bin = null;
      draw(0);
    });

    /** Returns the classifier that the chosen one is compared with, null for none. */
    function than(value) {
      const found = /^than-(\d+)$/.exec(value);
      return found ? Number(found[1]) : null;
    }

    const state = () => ({ model: Number(model.value), what: what.value, truth: wanted.value, answer: answered.value, bin, least: Number(range.value), twin: twin.checked });

    /** Returns the parts of a sentence that describes the filter; empty for all images. */
    function words({ model: m, what: which = 'all', truth: label = 'any', answer = 'any', bin: within = null, least = 0, twin: duplicates = false }) {
      const name = bdi(data.models[m].name);
      const other = than(which);
      const parts = [];
      const say = (...part) => parts.push(...(parts.length ? [', '] : []), ...part.map(one => one.cloneNode?.(true) ?? one));
      if (other !== null) say('mistakes of ', name, ' that ', bdi(data.models[other].name), ' gets right');
      else if (which !== 'all') say(...{ wrong: ['mistakes of ', name], right: ['what ', name, ' gets right'], everyone: ['mistakes of all classifiers'], alone: ['what only ', name, ' gets right'], lost: ['what only ', name, ' gets wrong'] }[which]);
      if (label !== 'any') say('labeled ', bdi(data.classes[label]));
      if (answer !== 'any') say('classified as ', bdi(data.classes[answer]), ' by ', name);
      if (within !== null) say('confidence of ', name, ` from ${percent(data.models[m].bins[within].low)} to ${percent(data.models[m].bins[within].high)} %`);
      if (least) say('confidence of ', name, ` at least ${least} %`);
      if (duplicates) say('with a duplicate in the training set');
      return parts;
    }

    const keeps = {
      wrong: (m, image) => !right(m, image),
      right,
      all: () => true,
      everyone: (_, image) => wrongs[image] === data.models.length,
      alone: (m, image) => right(m, image) && wrongs[image] === data.models.length - 1,
      lost: (m, image) => !right(m, image) && wrongs[image] === 1,
    };

    function found() {
      const m = Number(model.value);
      const other = than(what.value);
      const keep = other === null ? keeps[what.value] : (mine, image) => !right(mine, image) && right(other, image);
      const list = [];
      for (let image = 0; image < data.images; image++) {
        if ((wanted.value === 'any' || truth[image] === Number(wanted.value))
          && (answered.value === 'any' || predicted[m][image] === Number(answered.value))
          && isSure(m, image) && (bin === null || bins[m][image] === bin) && (!twin.checked || twins.has(image)) && keep(m, image)) list.push(image);
      }
      const doubts = sort.value === 'label' ? new Map(list.map(image => [image, doubt(image)])) : null;
      return list.sort({
        sure: (a, b) => confidence[m][b] - confidence[m][a],
        unsure: (a, b) => confidence[m][a] - confidence[m][b],
        label: (a, b) => doubts.get(b) - doubts.get(a),
        number: (a, b) => a - b,
      }[sort.value]);
    }

    const isSure = (m, image) => confidence[m][image] * 100 >= range.value * 65535;

    /** Shows the share of images that a classifier answers, and its accuracy on them, if it abstains below a confidence. */
    function cover() {
      const m = Number(model.value);
      let kept = 0;
      let good = 0;
      let all = 0;
      for (let image = 0; image < data.images; image++) {
        const is = right(m, image);
        all += is;
        if (isSure(m, image)) {
          kept++;
          good += is;
        }
      }
      threshold.textContent = `${range.value} %`;
      coverage.replaceChildren(
        'If it answers only when its confidence is at least ', element('b', {}, `${range.value} %`), ', ', bdi(data.models[m].name), ' answers ',
        element('b', {}, `${percent(kept / data.images)} %`), ' of the images and is right about ',
        element('b', {}, kept ? `${percent(good / kept)} %` : '\u2013'), ` of those (of all: ${percent(all / data.images)} %).`,
      );
    }

    // Without the data set, nothing tells which of its images one is.
    const caption = image => names ? `${data.part === 'test' ? 'Test' : 'Training'} image ${names[image]}` : `Image ${image} of the predictions`;

    const file = image => data.files[spot[image]] ?? '';

    const tile = (image, side) => picture(data.sheets, spot[image], side);

    /** Returns an image, by its place on the sheets. */
    function picture(sheets, at, side) {
      const box = element('span', { class: 'tile', style: `width:${side}px;height:${side}px` });
      const sheet = sheets?.pictures[Math.floor(at / (sheets.columns * sheets.rows))];
      if (at < 0 || at >= sheets?.images || !sheet) return box;
      const within = at % (sheets.columns * sheets.rows);
      const scale = side / Math.max(sheets.width, sheets.height);
      const rows = Math.min(sheets.rows, Math.ceil((sheets.images - (at - within)) / sheets.columns));
      box.style.width = `${sheets.width * scale}px`;
      box.style.height = `${sheets.height * scale}px`;
      box.style.backgroundImage = `url(data:image/png;base64,${sheet})`;
      box.style.backgroundSize = `${sheets.columns * sheets.width * scale}px ${rows * sheets.height * scale}px`;
      box.style.backgroundPosition = `${-(within % sheets.columns) * sheets.width * scale}px ${-Math.floor(within / sheets.columns) * sheets.height * scale}px`;
      return box;
    }

    function draw(from) {
      const m = Number(model.value);
      const list = found();
      if (from === 0) grid.replaceChildren();
      for (const image of list.slice(from, from + page)) {
        const is = right(m, image);
        const name = data.classes[truth[image]];
        const says = data.classes[predicted[m][image]];
        const button = element('button', { type: 'button', class: is ? 'tick' : 'miss', title: `${caption(image)}${file(image) && `, ${file(image)}`}: ${name}, answer ${says}` },
          tile(image, 56), element('small', {}, bdi(says), ` ${sureness(m, image)}`));
        button.addEventListener('click', () => explain(image));
        grid.append(element('li', {}, button));
      }
      more.hidden = grid.children.length >= list.length;
      const said = words(state());
      told.replaceChildren(`${list.length ? plural(list.length, 'image') : 'No image'} of ${count(data.images)}`, ...(said.length ? [': ', ...said] : []), '.');
      swap.hidden = than(what.value) === null;
      clear.hidden = what.value === 'wrong' && wanted.value === 'any' && answered.value === 'any' && bin === null && range.value === '0' && !twin.checked;
      if (from === 0) list.length ? explain(list[0]) : detail.replaceChildren();
      cover();
    }

    /** Returns the training image that an image resembles; empty if it resembles none. */
    function original(image) {
      const one = twins.get(image);
      if (!one) return [];
      const changed = `${one.mirrored ? ', mirrored' : ''}${one.moved ? ', moved by a pixel' : ''}`;
      const levels = one.distance < 0.01 ? 'less than 0.01' : one.distance.toFixed(2);
      return [
        picture(data.originals, one.at, 84),
        element('p', {}, `It resembles training image ${one.train}`, ...(one.file ? [', ', bdi(one.file)] : []), `${changed}, labeled `, element('b', {}, bdi(data.classes[one.label])),
          `: ${one.distance ? `they differ by ${levels} gray levels` : `their pixels are the same${changed ? ' after that' : ''}`}.`),
      ];
    }

    /** Shows one image enlarged, with the prediction of each classifier. */
    function explain(image) {
      const rows = data.models.map((one, m) => element('tr', { class: right(m, image) ? '' : 'marked' },
        element('th', { scope: 'row' }, bdi(one.name)), element('td', {}, bdi(data.classes[predicted[m][image]])),
        element('td', { class: 'n' }, sureness(m, image))));
      detail.replaceChildren(
        tile(image, 168),
        element('p', {}, caption(image), ...(file(image) ? [', ', bdi(file(image))] : []), ', labeled ', element('b', {}, bdi(data.classes[truth[image]])), '.'),
        ...original(image),
        element('table', {}, element('thead', {}, element('tr', {}, ...['Classifier', 'Answer', 'Confidence'].map(text => element('th', { scope: 'col' }, text)))), element('tbody', {}, ...rows)),
      );
    }

    /** Sets the filter: the classifier stays the same if the wish names none, and every other missing part matches all images. */
    function filter(wish) {
      const among = (select, value) => ([...select.options].some(option => option.value === value) ? value : 'any');
      model.value = wish.model ?? model.value;
      what.value = wish.what ?? 'all';
      wanted.value = among(wanted, wish.truth);
      answered.value = among(answered, wish.answer);
      bin = wish.bin ?? null;
      range.value = wish.least ?? 0;
      twin.checked = wish.twin ?? false;
      draw(0);
    }

    draw(0);
    return { filter, model: () => Number(model.value), said: wish => element('p', {}, 'images: ', ...words(wish)).textContent };
  }

  // ---- Sortable tables

  /** Returns the text of a cell, without its small print. */
  const called = cell => (cell.querySelector('bdi') ?? cell).textContent.trim();

  function sortable(made) {
    [...made.tHead.rows[0].cells].forEach((head, column) => {
      if (!head.textContent) return;
      const button = element('button', { type: 'button' });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const rising = head.getAttribute('aria-sort')
          ? head.getAttribute('aria-sort') === 'descending'
          : !head.classList.contains('n');
        for (const other of made.tHead.rows[0].cells) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', rising ? 'ascending' : 'descending');
        const key = row => {
          const cell = row.cells[column];
          const text = cell.dataset.sort ?? called(cell);
          const number = Number(text.replace(/[,\s]/g, '').replace('\u2212', '-').replace(/^<0/, '0'));
          return ['', '\u2013', 'NaN', 'null'].includes(text) ? null : Number.isNaN(number) ? text : number;
        };
        const lines = [...made.tBodies[0].rows].map(row => [key(row), row]);
        lines.sort(([a], [b]) => {
          if (a === null || b === null) return (a === null) - (b === null); // unknown values stay last
          const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', { numeric: true });
          return rising ? order : -order;
        });
        made.tBodies[0].append(...lines.map(([, row]) => row));
        made.dispatchEvent(new Event('sorted'));
      });
    });
  }
  document.querySelectorAll('table.sortable').forEach(sortable);

  /** Shows only the first rows of a long table, and those whose name matches the search. */
  function searchable(made) {
    const heading = called(made.tHead.rows[0].cells[0]);
    const name = element('input', { type: 'search', placeholder: `Find: ${heading}`, 'aria-label': `Find: ${heading}, in ${made.caption.textContent}` });
    const all = element('button', { type: 'button', 'aria-pressed': 'false' }, 'Show all');
    const told = element('output', {});
    function look() {
      const rows = [...made.tBodies[0].rows];
      const wanted = name.value.trim().toLowerCase();
      const own = row => called(row.cells[0]).toLowerCase();
      const found = rows.filter(row => own(row).includes(wanted));
      const exact = found.filter(row => own(row) === wanted); // such as species 9 among species 90 to 99
      const seen = new Set(all.getAttribute('aria-pressed') === 'true' ? found : [...exact, ...found.slice(0, FIRST)]);
      rows.forEach(row => (row.hidden = !seen.has(row)));
      made.dispatchEvent(new Event('shown'));
      told.textContent = `${seen.size < found.length ? `The first ${seen.size} of ${count(found.length)}` : count(found.length)} ${wanted ? 'with that name' : 'rows'}`;
    }
    name.addEventListener('input', look);
    all.addEventListener('click', () => {
      all.setAttribute('aria-pressed', String(all.getAttribute('aria-pressed') === 'false'));
      look();
    });
    made.addEventListener('sorted', look);
    made.closest('.scroll').before(element('div', { class: 'controls' }, name, all, told));
    look();
  }
  document.querySelectorAll('table.searchable').forEach(searchable);

  // ---- What a reader chooses, such as the classifier that others are compared with

  document.querySelectorAll('.choice').forEach(choice => {
    const options = [...choice.children];
    const select = element('select', {}, ...options.map((one, i) => element('option', { value: i }, one.dataset.option)));
    select.addEventListener('change', () => options.forEach((one, i) => (one.hidden = i !== Number(select.value))));
    if (options.length > 1) choice.prepend(element('div', { class: 'controls pick' }, element('label', {}, element('span', {}, choice.dataset.label), select)));
  });

  // ---- A classifier that is pointed at stands out in all charts and tables

  const marks = [...document.querySelectorAll('.plot g[aria-label]')];
  const names = [...new Set([...document.querySelectorAll('tr[data-name]')].map(row => row.dataset.name))].sort((a, b) => b.length - a.length);
  const subjects = new Map(marks.map(mark => [mark, names.find(name => mark.getAttribute('aria-label').match(/^.+?(?=[:,]| \u2013)|.*/s)[0] === name)]));
  let linked = null;
  document.addEventListener('pointerover', event => {
    const target = event.target.closest?.('tr[data-name], .plot g[aria-label]');
    const name = target && (target.dataset.name ?? subjects.get(target));
    if (name === linked) return;
    linked = name;
    document.querySelectorAll('.linked').forEach(one => one.classList.remove('linked'));
    if (!name) return;
    marks.filter(mark => subjects.get(mark) === name).forEach(mark => mark.classList.add('linked'));
    document.querySelectorAll('tr[data-name]').forEach(row => row.classList.toggle('linked', row.dataset.name === name));
  });

  // ---- Opening, the color scheme, and paper

  function openTarget() {
    let id;
    try {
      id = decodeURIComponent(location.hash.slice(1));
    } catch {
      return; // a link that was changed on its way, such as #100%
    }
    const target = id && document.getElementById(id);
    if (target && unfold(target)) target.scrollIntoView();
    const [, figure, truth, predicted] = id.match(/^(confusion-[^.]+)\.(\d+|any)\.(\d+)$/) ?? [];
    if (figure) openCell(document.getElementById(figure), truth, predicted);
  }

  /** Opens what an element is in, and returns whether something was closed. */
  function unfold(element) {
    let closed = false;
    for (let around = element.closest('details'); around; around = around.parentElement.closest('details')) {
      closed ||= !around.open;
      around.open = true;
    }
    return closed;
  }

  /** Marks a cell of a confusion matrix, such as 3 and 5 for class 3 classified as 5; with any as truth, a whole column. */
  function openCell(figure, truth, predicted) {
    if (!figure) return;
    unfold(figure);
    const isMarked = key => key.split('.')[1] === predicted && (truth === 'any' || key.split('.')[0] === truth);
    figure.querySelectorAll('[data-key]').forEach(one => {
      one.classList.toggle('marked', isMarked(one.dataset.key));
      if (one.tagName === 'TR') one.id = `${figure.id}.${one.dataset.key}`;
    });
    figure.querySelectorAll('svg').forEach(svg => svg.append(...svg.querySelectorAll('g.marked'))); // frames on top
    const rows = [...figure.querySelectorAll('tr.marked')];
    const images = rows.reduce((sum, row) => sum + Number(row.cells[2].textContent.replace(/,/g, '')), 0);
    const named = new Map([...figure.querySelectorAll('tr[data-key]')].flatMap(row => row.dataset.key.split('.').map((label, i) => [label, called(row.cells[i])])));
    const name = label => data.classes?.[label] ?? named.get(label) ?? `class ${label}`;
    const answer = name(predicted);
    const note = figure.querySelector('.note');
    note.dataset.said ??= note.textContent;
    const shown = figure.dataset.shown?.split(','); // of many classes, the matrix has only some
    const hidden = shown && [truth, predicted].find(label => label !== 'any' && !shown.includes(label));
    const among = shown ? ' of the classes shown here' : '';
    const said = hidden ? `${name(hidden)} is not among the ${shown.length} classes shown here. `
      : truth === 'any' ? `Marked: ${plural(images, 'image')}${among} classified as ${answer}. `
      : truth === predicted ? `Marked: ${plural(images, 'image')} of ${answer} recognized. `
      : images ? `Marked: ${plural(images, 'image')} of ${name(truth)} classified as ${answer}. ` : `No image of ${name(truth)} was classified as ${answer}. `;
    note.textContent = said + note.dataset.said;
    figure.querySelector('details').open = true;
    const place = rows[0] ?? figure;
    place.tabIndex = -1;
    const look = () => {
      figure.scrollIntoView({ behavior: 'instant' }); // a smooth one would still be running when the next begins
      place.scrollIntoView({ block: 'nearest', behavior: 'instant' });
      place.focus({ preventScroll: true });
    };
    look();
    // Until the page is loaded, the browser scrolls to the target itself, and puts it below the bar.
    if (document.readyState !== 'complete') addEventListener('load', () => requestAnimationFrame(look), { once: true });
  }
  addEventListener('hashchange', openTarget);
  openTarget();

  // ---- The page to try networks: it contains all of them, and a browser would load a lazy frame long before it is visible

  const docked = document.getElementById('page-demo');
  const color = () => docked?.contentWindow?.postMessage({ scheme: root.dataset.scheme }, '*'); // pages from disk have no common origin
  if (docked) {
    docked.addEventListener('load', color);
    new IntersectionObserver((entries, observer) => {
      if (!entries.some(entry => entry.isIntersecting)) return;
      docked.src = docked.dataset.src;
      observer.disconnect();
    }, { rootMargin: '300px' }).observe(docked);
  }

  document.querySelectorAll('section').forEach(section => {
    const groups = [...section.querySelectorAll('.group')].filter(one => !one.parentElement.closest('.group'));
    if (groups.length < 3) return;
    const all = element('button', { type: 'button' }, 'Open all');
    all.addEventListener('click', () => {
      const open = all.textContent === 'Open all';
      groups.forEach(group => (group.open = open));
      all.textContent = open ? 'Close all' : 'Open all';
    });
    groups[0].parentElement.before(element('p', {}, all));
  });

  const scheme = document.getElementById('scheme');
  const dark = () => getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).map(Number).reduce((a, b) => a + b) < 384;
  function named() {
    scheme.textContent = dark() ? 'Light' : 'Dark';
    scheme.setAttribute('aria-label', `Switch to the ${dark() ? 'light' : 'dark'} colors`);
  }
  scheme.hidden = false;
  scheme.addEventListener('click', () => {
    root.dataset.scheme = dark() ? 'light' : 'dark';
    named();
    color();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', named);
  named();
})();
