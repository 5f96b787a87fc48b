'use strict';

// Draws the charts of the page from the numbers in #data, each when it is first seen, sorts tables, and
// switches the color scheme. Every chart has a sentence for screen readers and a table of its numbers.
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const trained = data.contestants.filter(one => one.standing);
  const root = document.documentElement;
  const drawn = new Map(); // figure -> its chart
  const MANY = 30; // longer tables of classes show their first rows only, and find the others
  const FIRST = 20;

  // ---- Words and numbers

  const known = value => typeof value === 'number' && Number.isFinite(value);
  const minus = text => text.replace('-', '\u2212');
  const fixed = (value, digits) => (known(value) ? minus(value.toFixed(digits)) : '\u2013');
  const percent = value => fixed(known(value) ? 100 * value : value, 2);
  const count = value => (known(value) ? value.toLocaleString('en-US') : '\u2013');
  const micros = value => (known(value) ? `${Math.round(value).toLocaleString('en-US')} \u00b5s` : '\u2013');

  function duration(seconds) {
    const whole = Math.round(seconds);
    if (!known(seconds)) return '\u2013';
    if (whole < 10) return `${seconds.toFixed(1)}s`;
    if (whole < 60) return `${whole}s`;
    const two = number => String(number).padStart(2, '0');
    return whole < 3600
      ? `${Math.floor(whole / 60)}m ${two(whole % 60)}s`
      : `${Math.floor(whole / 3600)}h ${two(Math.floor(whole / 60) % 60)}m`;
  }

  function bytes(size) {
    if (!known(size)) return '\u2013';
    const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
    let unit = 0;
    while (size >= 1024 && unit < units.length - 1) {
      size /= 1024;
      unit++;
    }
    return `${unit === 0 || size >= 100 ? size.toFixed(0) : size.toFixed(1)} ${units[unit]}`;
  }

  const short = (text, length = 22) => {
    const letters = Array.from(text);
    return letters.length > length ? letters.slice(0, length - 1).join('') + '\u2026' : text;
  };

  /** Chart text is drawn, not parsed, but tooltips are HTML. */
  const escaped = text => String(text).replace(/[&<>"']/g, letter => `&#${letter.charCodeAt(0)};`);

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  const bdi = text => element('bdi', {}, text);

  // ---- Colors

  const probe = element('span', { hidden: '' });
  document.body.append(probe);
  function color(name) {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  }
  const dark = () => {
    const [r, g, b] = color('paper').match(/[\d.]+/g).map(Number);
    return r + g + b < 384;
  };

  function mixed(from, to, share) {
    const a = from.match(/[\d.]+/g).map(Number);
    const b = to.match(/[\d.]+/g).map(Number);
    return `rgb(${[0, 1, 2].map(i => Math.round(a[i] + (b[i] - a[i]) * share)).join(', ')})`;
  }

  // ---- What all charts share

  function base() {
    const ink = color('ink');
    return {
      animation: false,
      aria: { enabled: false },
      textStyle: { fontFamily: getComputedStyle(root).fontFamily, color: ink, fontSize: 12 },
      grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
      tooltip: {
        confine: true,
        backgroundColor: color('surface'),
        borderColor: color('line'),
        textStyle: { color: ink, fontSize: 12 },
        extraCssText: 'box-shadow:0 2px 12px rgb(0 0 0/.12);max-width:20rem;white-space:normal',
      },
    };
  }

  function axis(name, more = {}) {
    const muted = color('muted');
    return {
      name,
      nameLocation: 'middle',
      nameTextStyle: { color: muted, fontSize: 12 },
      axisLabel: { color: muted, fontSize: 11, hideOverlap: true, ...more.axisLabel },
      axisLine: { show: true, lineStyle: { color: color('line') } },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: color('grid') } },
      ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== 'axisLabel')),
    };
  }

  const percentAxis = (name, more = {}) =>
    axis(name, { type: 'value', scale: true, ...more, axisLabel: { formatter: value => fixed(value, value % 1 ? 1 : 0), ...more.axisLabel } });

  /** Room at the left of names on a vertical axis: for their gap to the axis, which ECharts does not count. */
  const beforeNames = 14;

  /** Names on a vertical axis, the first on top. */
  const nameAxis = list => ({
    type: 'category',
    inverse: true,
    data: list.map(one => one.name),
    axisLabel: { color: color('ink'), fontSize: 12, formatter: name => short(name, 18), interval: 0 },
    axisLine: { show: false },
    axisTick: { show: false },
  });

  /**
   * Finds a place beside each dot for its name, one dot after the other: the first that covers no dot, no bar and no
   * other name, else none.
   *
   * @param dots in pixels: x and y of the center, radius, top and bottom of the bar through it, width of the name
   * @param frame that the names stay in: left, top, right and bottom
   * @param height of a name
   * @return left end and middle of each name; null where there is no room
   */
  function besideDots(dots, frame, height) {
    const gap = 5;
    const sides = [[1, 0], [-1, 0], [1, -1], [-1, -1], [1, 1], [-1, 1], [0, -1], [0, 1]];
    const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
    const taken = dots.flatMap(({ x, y, radius, top, bottom }) => [
      { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius },
      { left: x - 1, right: x + 1, top, bottom },
    ]);
    return dots.map(({ x, y, radius, top, bottom, width }) => {
      for (const [across, down] of sides) {
        const left = across ? x + across * (radius + gap) - (across < 0 ? width : 0) : x - width / 2;
        const away = height / 2 + 1;
        const middle = across ? y + down * away : down < 0 ? Math.min(top, y - radius) - away : Math.max(bottom, y + radius) + away;
        const box = { left, right: left + width, top: middle - height / 2, bottom: middle + height / 2 };
        const inside = box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
        if (inside && taken.every(other => apart(box, other))) {
          taken.push(box);
          return { left, middle };
        }
      }
      return null;
    });
  }

  const rows = (list, each = 30, least = 120) => Math.max(least, list.length * each + 50);

  // ---- The charts: each returns an option of ECharts, a sentence that says the same, and a table

  const charts = {
    front() {
      const points = trained
        .map(one => ({ one, x: latency(one), y: 100 * one.standing.accuracy }))
        .filter(point => known(point.x) && known(point.y));
      if (!points.length) return { absent: 'No latency was measured.' };
      const byLatency = [...points].sort((a, b) => a.x - b.x || b.y - a.y);
      const front = byLatency.filter((point, i) => byLatency.slice(0, i).every(faster => faster.y < point.y));
      const size = point => Math.min(26, Math.max(10, Math.sqrt((point.one.efficiency?.onnx_bytes ?? 0) / 4000)));
      const low = Math.min(...points.map(point => bound(point.one, 'low', point.y)));
      const high = Math.max(...points.map(point => bound(point.one, 'high', point.y)));
      const margin = Math.max(0.15, (high - low) * 0.08);
      const fine = high - low < 4 ? 0.5 : high - low < 10 ? 1 : 5;
      const names = points.map(point => short(point.one.name, 16));
      const font = `12px ${getComputedStyle(root).fontFamily}`;
      const lineHeight = 14;
      const dots = api => points.map((point, i) => {
        const [x, y] = api.coord([Math.log2(point.x), point.y]);
        const [top, bottom] = ['high', 'low'].map(side => api.coord([0, bound(point.one, side, point.y)])[1]);
        return { x, y, radius: size(point) / 2, top, bottom, width: echarts.format.getTextRect(names[i], font).width };
      });
      const frame = ({ x, y, width, height }) => ({ left: x, top: y, right: x + width, bottom: y + height });
      const option = {
        ...base(),
        grid: { left: 44, right: 28, top: 16, bottom: 46, containLabel: false },
        xAxis: axis('Latency of one image, \u00b5s (doubling)', {
          type: 'value',
          nameGap: 26,
          min: Math.floor(Math.log2(byLatency[0].x) - 0.3),
          max: Math.ceil(Math.log2(byLatency[byLatency.length - 1].x) + 0.3),
          interval: 1,
          axisLabel: { formatter: value => (value >= 0 ? count(2 ** value) : fixed(2 ** value, 2)) },
          splitLine: { show: false },
        }),
        yAxis: percentAxis('Accuracy, %', {
          nameGap: 34,
          min: Math.max(0, Math.floor((low - margin) / fine) * fine),
          max: Math.min(100, Math.ceil((high + margin) / fine) * fine),
        }),
        series: [
          {
            type: 'line',
            step: 'end',
            data: front.map(point => [Math.log2(point.x), point.y]),
            symbol: 'none',
            silent: true,
            lineStyle: { color: color('muted'), width: 1.25, type: [5, 4] },
            z: 1,
          },
          {
            type: 'custom',
            silent: true,
            z: 1,
            data: points.map(point => [Math.log2(point.x), bound(point.one, 'low', point.y), bound(point.one, 'high', point.y)]),
            renderItem: (params, api) => {
              const [x, y1] = api.coord([api.value(0), api.value(1)]);
              const y2 = api.coord([api.value(0), api.value(2)])[1];
              return { type: 'line', shape: { x1: x, y1, x2: x, y2 }, style: { stroke: points[params.dataIndex].one.color, lineWidth: 2, opacity: 0.55 } };
            },
          },
          {
            type: 'scatter',
            data: points.map(point => ({
              value: [Math.log2(point.x), point.y],
              name: point.one.name,
              symbolSize: size(point),
              itemStyle: { color: point.one.color, borderColor: color('paper'), borderWidth: 1.5 },
            })),
            tooltip: {
              formatter: item => {
                const one = points[item.dataIndex].one;
                return `<b>${escaped(one.name)}</b><br>${percent(one.standing.accuracy)} % (${percent(one.standing.accuracy_low)} to ${percent(one.standing.accuracy_high)})<br>${micros(latency(one))}, ${bytes(one.efficiency?.onnx_bytes)}`;
              },
            },
          },
          {
            type: 'custom',
            silent: true,
            z: 3,
            data: points.map(point => [Math.log2(point.x), point.y]),
            renderItem: (params, api) => {
              const place = (params.context.places ??= besideDots(dots(api), frame(params.coordSys), lineHeight))[params.dataIndex];
              return place && {
                type: 'text',
                style: { text: names[params.dataIndex], x: place.left, y: place.middle, verticalAlign: 'middle', font, fill: color('ink'), stroke: color('paper'), lineWidth: 4 },
              };
            },
          },
        ],
      };
      return {
        option,
        note: 'Bars are 95 % intervals; larger dots are larger files.',
        sentence: `Scatter plot of accuracy against latency. On the front: ${front.map(point => `${point.one.name} with ${fixed(point.y, 2)} % and ${micros(point.x)}`).join('; ')}.`,
        head: ['Classifier', 'Accuracy %', 'Latency', 'On the front'],
        rows: points.map(point => [point.one.name, fixed(point.y, 2), micros(point.x), front.includes(point) ? 'yes' : 'no']),
      };
    },

    spread() {
      const list = trained.filter(one => one.trials.some(trial => known(trial.test)));
      const values = list.map(one => one.trials.map(trial => 100 * trial.test).filter(known).sort((a, b) => a - b));
      const boxes = values.map(sorted => [0, 0.25, 0.5, 0.75, 1].map(share => quantile(sorted, share)));
      return {
        height: rows(list, 36),
        option: {
          ...base(),
          grid: { left: beforeNames, right: 20, top: 8, bottom: 30, containLabel: true },
          xAxis: percentAxis('Accuracy, %', { nameGap: 26 }),
          yAxis: nameAxis(list),
          series: [
            {
              type: 'boxplot',
              data: boxes.map((box, i) => ({
                value: box,
                itemStyle: { color: mixed(rgb(list[i].color), color('paper'), 0.75), borderColor: list[i].color, borderWidth: 1.5 },
              })),
              boxWidth: [8, 18],
              tooltip: { formatter: item => `<b>${escaped(list[item.dataIndex].name)}</b><br>median ${fixed(boxes[item.dataIndex][2], 2)} %, half of them from ${fixed(boxes[item.dataIndex][1], 2)} to ${fixed(boxes[item.dataIndex][3], 2)} %` },
            },
            {
              type: 'scatter',
              symbolSize: 6,
              data: values.flatMap((sorted, i) => sorted.map(value => ({ value: [value, i], itemStyle: { color: list[i].color, opacity: 0.85, borderColor: color('paper'), borderWidth: 1 } }))),
              tooltip: { formatter: item => `${escaped(list[item.value[1]].name)}: ${fixed(item.value[0], 2)} %` },
            },
          ],
        },
        sentence: `Box plots of accuracy: ${list.map((one, i) => `${one.name} median ${fixed(boxes[i][2], 2)} %`).join('; ')}.`,
        head: ['Classifier', 'Trials', 'Lowest', 'First quartile', 'Median', 'Third quartile', 'Highest'],
        rows: list.map((one, i) => [one.name, values[i].length, ...boxes[i].map(value => fixed(value, 2))]),
      };
    },

    tuning(figure) {
      const measure = figure.dataset.axis;
      const loss = data.tuning.select_by === 'loss'; // in nats; all else is in percent
      const shown = value => (known(value) && !loss ? 100 * value : value);
      const digits = loss ? 4 : 2;
      const candidates = data.tuning.candidates.filter(one => one.scores.some(score => known(score.mean)));
      if (!candidates.length) return { absent: 'No candidate has a score yet.' };
      const best = data.tuning.best;
      const single = candidates.every(one => one.scores.length === 1);
      const budgets = [...new Set(candidates.flatMap(one => one.scores.map(score => score.epochs)))].sort((a, b) => a - b);
      const ordered = [...candidates].sort((a, b) => (a.number === best) - (b.number === best));
      return {
        option: {
          ...base(),
          grid: { left: 48, right: 56, top: 16, bottom: 46 },
          xAxis: single
            ? axis('Candidate', { type: 'value', nameGap: 26, minInterval: 1, min: 0, splitLine: { show: false } })
            : axis('Epochs of each training', { type: 'category', nameGap: 26, data: budgets, splitLine: { show: false } }),
          yAxis: percentAxis(measure, { nameGap: 36, axisLabel: loss ? { formatter: value => fixed(value, 2) } : {} }),
          series: ordered.map(one => {
            const chosen = one.number === best;
            return {
              type: 'line',
              name: `Candidate ${one.number}`,
              data: one.scores.map(score => [single ? one.number : budgets.indexOf(score.epochs), shown(score.mean)]),
              symbol: chosen ? 'diamond' : 'circle',
              symbolSize: chosen ? 12 : 6,
              lineStyle: { width: chosen ? 2.5 : 1.25, opacity: chosen ? 1 : 0.5 },
              itemStyle: { color: chosen ? color('accent') : color('muted') },
              endLabel: { show: chosen, formatter: `best: ${one.number}`, color: color('accent'), fontWeight: 600 },
              z: chosen ? 3 : 2,
              tooltip: {
                formatter: item => `<b>Candidate ${one.number}</b><br>${escaped(measure)}: ${fixed(item.value[1], digits)}<br>${Object.entries(one.choices).map(([key, value]) => `${escaped(key)} ${escaped(value)}`).join('<br>')}`,
              },
            };
          }),
        },
        sentence: `Score of ${candidates.length} candidates by budget.${best ? ` Candidate ${best} is the best.` : ''}`,
        head: ['Candidate', 'Epochs', measure, 'Folds'],
        rows: candidates.flatMap(one => one.scores.map(score => [one.number, score.epochs, fixed(shown(score.mean), digits), score.folds.length])),
      };
    },

    bars(figure) {
      const kind = {
        training: { of: [['Training time', one => one.efficiency?.training_seconds]], text: duration },
        latency: {
          of: [
            ['ONNX Runtime', one => one.efficiency?.onnxruntime?.p50_micros],
            ['PyTorch', one => one.efficiency?.pytorch?.p50_micros],
          ],
          text: micros,
        },
        file: { of: [['ONNX file', one => one.efficiency?.onnx_bytes]], text: bytes },
        memory: { of: [['Peak memory', one => one.efficiency?.peak_memory_bytes]], text: bytes },
      }[figure.dataset.what];
      const parts = kind.of.filter(([, value]) => trained.some(one => known(value(one))));
      if (!parts.length) return { absent: 'It was not measured.' };
      return {
        height: rows(trained, 36, 90),
        option: {
          ...base(),
          grid: { left: beforeNames, right: 62, top: 26, bottom: 4, containLabel: true },
          legend: parts.length > 1 ? legend({ left: 0 }) : undefined,
          xAxis: { type: 'value', show: false },
          yAxis: nameAxis(trained),
          series: parts.map(([name, value], i) => ({
            type: 'bar',
            name,
            barMaxWidth: 13,
            barGap: '15%',
            itemStyle: { color: i ? color('muted') : color('ink'), borderRadius: [0, 2, 2, 0] },
            data: trained.map(one => ({
              value: value(one) ?? null,
              itemStyle: i
                ? { color: mixed(rgb(one.color), color('paper'), 0.6), borderColor: one.color, borderWidth: 1 }
                : { color: one.color },
            })),
            label: { show: true, position: 'right', color: color('ink'), fontSize: 11, formatter: item => kind.text(item.value) },
          })),
        },
        sentence: parts.map(([name, value]) => `${name}: ${trained.map(one => `${one.name} ${kind.text(value(one))}`).join('; ')}.`).join(' '),
        head: ['Classifier', ...parts.map(([name]) => name)],
        rows: trained.map(one => [one.name, ...parts.map(([, value]) => kind.text(value(one)))]),
      };
    },

    gaps() {
      const parts = [
        ['Training', 'train', 'emptyCircle'],
        ['Validation', 'validation', 'diamond'],
        ['Test', 'test', 'circle'],
      ];
      const mean = (one, key) => average(one.trials.map(trial => trial[key]).filter(known)) * 100;
      const ends = trained.map(one => parts.map(([, key]) => mean(one, key)).filter(known));
      if (!ends.some(list => list.length)) return { absent: 'No accuracy is known.' };
      return {
        height: rows(trained, 34, 160) + 20,
        option: {
          ...base(),
          grid: { left: beforeNames, right: 20, top: 30, bottom: 30, containLabel: true },
          legend: legend({ left: 0, itemWidth: 10, itemHeight: 10 }),
          xAxis: percentAxis('Accuracy, %', { nameGap: 26, max: value => Math.min(100, Math.ceil(value.max)) }),
          yAxis: nameAxis(trained),
          series: [
            {
              type: 'custom',
              silent: true,
              z: 1,
              data: ends.map((list, i) => (list.length ? [Math.min(...list), Math.max(...list), i] : [NaN, NaN, i])),
              renderItem: (params, api) => {
                const [x1, y] = api.coord([api.value(0), api.value(2)]);
                const x2 = api.coord([api.value(1), api.value(2)])[0];
                return { type: 'line', shape: { x1, y1: y, x2, y2: y }, style: { stroke: trained[params.dataIndex].color, lineWidth: 5, opacity: 0.28, lineCap: 'round' } };
              },
            },
            ...parts.map(([name, key, symbol]) => ({
              type: 'scatter',
              name,
              symbol,
              symbolSize: key === 'validation' ? 11 : 10,
              itemStyle: { color: color('muted') },
              data: trained.map((one, i) => ({ value: [mean(one, key), i], itemStyle: { color: one.color, borderColor: symbol === 'emptyCircle' ? one.color : color('paper') } })).filter(point => known(point.value[0])),
              tooltip: { formatter: item => `${escaped(trained[item.value[1]].name)}, ${name.toLowerCase()}: ${fixed(item.value[0], 2)} %` },
            })),
          ],
        },
        sentence: trained.map(one => `${one.name}: training ${fixed(mean(one, 'train'), 2)} %, validation ${fixed(mean(one, 'validation'), 2)} %, test ${fixed(mean(one, 'test'), 2)} %`).join('; '),
        head: ['Classifier', ...parts.map(([name]) => `${name} %`)],
        rows: trained.map(one => [one.name, ...parts.map(([, key]) => fixed(mean(one, key), 2))]),
      };
    },

    curves(figure) {
      const one = data.contestants[figure.dataset.contestant];
      const trials = one.trials.filter(trial => trial.curves.train_loss.length);
      const what = figure.dataset.shown ?? 'accuracy';
      const trial = trials[Number(figure.dataset.trial ?? 0)];
      const scale = what === 'accuracy' ? 100 : 1;
      const train = trial.curves[`train_${what}`].map(value => value * scale);
      const validation = trial.curves[`validation_${what}`].map((value, i) => (value === null ? null : trial.curves[`validation_${what}`][i] * scale));
      const both = train.map((value, i) => [i + 1, value, validation[i]]).filter(([, a, b]) => known(a) && known(b));
      const others = trials.filter(other => other !== trial);
      const unit = what === 'accuracy' ? 'Accuracy, %' : 'Loss, nats';
      const digits = what === 'accuracy' ? 2 : 4;
      switches(figure, [['accuracy', 'Accuracy'], ['loss', 'Loss']], what, trials);
      return {
        option: {
          ...base(),
          grid: { left: 50, right: 20, top: 30, bottom: 44 },
          legend: legend({
            left: 0,
            itemWidth: 24,
            itemHeight: 2,
            data: [{ name: 'Training', icon: 'path://M0,0h9v2h-9zM15,0h9v2h-9z' }, { name: 'Validation', icon: 'path://M0,0h24v2h-24z' }],
          }),
          tooltip: {
            ...base().tooltip,
            trigger: 'axis',
            axisPointer: { lineStyle: { color: color('line') } },
            formatter: items => {
              const epoch = items[0].axisValue;
              return `<b>Epoch ${epoch}</b><br>Training ${fixed(train[epoch - 1], digits)}<br>Validation ${fixed(validation[epoch - 1], digits)}`;
            },
          },
          xAxis: axis('Epoch', { type: 'value', nameGap: 24, min: 1, max: Math.max(2, train.length), minInterval: 1, splitLine: { show: false } }),
          yAxis: percentAxis(unit, { nameGap: 38, max: what === 'accuracy' ? value => Math.min(100, Math.ceil(value.max)) : null, axisLabel: { formatter: value => fixed(value, value % 1 ? (what === 'loss' ? 2 : 1) : 0) } }),
          series: [
            ...others.map(other => ({
              type: 'line',
              silent: true,
              symbol: 'none',
              lineStyle: { color: one.color, width: 1, opacity: 0.22 },
              data: other.curves[`validation_${what}`].map((value, i) => [i + 1, value === null ? null : value * scale]),
            })),
            {
              type: 'custom',
              name: 'Gap',
              silent: true,
              z: 1,
              data: both.length > 1 ? [[1, both[0][1]]] : [],
              renderItem: (params, api) => ({
                type: 'polygon',
                shape: { points: [...both.map(([x, a]) => api.coord([x, a])), ...[...both].reverse().map(([x, , b]) => api.coord([x, b]))] },
                style: { fill: one.color, opacity: 0.14 },
              }),
            },
            { type: 'line', name: 'Training', symbol: 'none', data: train.map((value, i) => [i + 1, value]), lineStyle: { color: one.color, width: 2, type: [6, 4] }, itemStyle: { color: one.color }, z: 3 },
            {
              type: 'line',
              name: 'Validation',
              symbol: 'circle',
              symbolSize: 4,
              showSymbol: validation.length < 40,
              data: validation.map((value, i) => [i + 1, value]),
              lineStyle: { color: one.color, width: 2 },
              itemStyle: { color: one.color },
              z: 3,
              markLine: known(trial.best_epoch)
                ? {
                    silent: true,
                    symbol: 'none',
                    data: [{ xAxis: trial.best_epoch }],
                    lineStyle: { color: color('ink'), type: [2, 3], width: 1 },
                    label: { formatter: `best epoch ${trial.best_epoch}`, color: color('ink'), fontSize: 11, position: 'insideStartBottom', rotate: 90, distance: 4 },
                  }
                : undefined,
            },
          ],
        },
        note: others.length
          ? `Pale: validation of ${others.length} other trials${one.trials.length > trials.length ? ` of ${one.trials.length - 1}` : ''}.`
          : '',
        sentence: `Learning curves of ${trial.label}: validation ${what} goes from ${fixed(validation[0], digits)} to ${fixed(validation[validation.length - 1], digits)}, training from ${fixed(train[0], digits)} to ${fixed(train[train.length - 1], digits)}, over ${train.length} epochs; the best is ${trial.best_epoch ?? 'not known'}.`,
        head: ['Epoch', `Training ${what}`, `Validation ${what}`],
        rows: train.map((value, i) => [i + 1, fixed(value, digits), fixed(validation[i], digits)]),
      };
    },

    reliability(figure) {
      const one = data.contestants[figure.dataset.contestant];
      const bins = one.judged.reliability;
      const size = bin => Math.max(5, 26 * Math.sqrt(bin.images / one.judged.images));
      const least = Math.floor(Math.min(...bins.map(bin => Math.min(bin.confidence, bin.accuracy))) * 10) * 10;
      return {
        option: {
          ...base(),
          grid: { left: 44, right: 20, top: 16, bottom: 44 },
          xAxis: percentAxis('Confidence, %', { nameGap: 24, min: least, max: 100, splitLine: { show: false } }),
          yAxis: percentAxis('Accuracy, %', { nameGap: 32, min: least, max: 100 }),
          series: [
            { type: 'line', silent: true, symbol: 'none', data: [[least, least], [100, 100]], lineStyle: { color: color('muted'), width: 1, type: [4, 4] } },
            {
              type: 'custom',
              silent: true,
              data: bins.length > 1 ? [[100 * bins[0].confidence, 100 * bins[0].accuracy]] : [],
              renderItem: (params, api) => {
                const points = bins.map(bin => [100 * bin.confidence, 100 * bin.accuracy]);
                const back = [...points].reverse().map(([x]) => [x, x]);
                return { type: 'polygon', shape: { points: [...points, ...back].map(point => api.coord(point)) }, style: { fill: one.color, opacity: 0.14 } };
              },
            },
            {
              type: 'line',
              data: bins.map(bin => ({ value: [100 * bin.confidence, 100 * bin.accuracy], symbolSize: size(bin) })),
              symbol: 'circle',
              lineStyle: { color: one.color, width: 1.75 },
              itemStyle: { color: one.color, opacity: 0.9 },
              tooltip: { formatter: item => `Confidence ${fixed(item.value[0], 1)} %, right ${fixed(item.value[1], 1)} %<br>${count(bins[item.dataIndex].images)} images` },
            },
          ],
        },
        note: `Expected calibration error: ${fixed(100 * one.judged.ece, 2)} points.`,
        sentence: `Reliability curve of ${one.name}; expected calibration error ${fixed(100 * one.judged.ece, 2)} points.`,
        head: ['Confidence above %', 'Images', 'Mean confidence %', 'Accuracy %'],
        rows: bins.map(bin => [fixed(100 * bin.low, 1), count(bin.images), percent(bin.confidence), percent(bin.accuracy)]),
      };
    },

    confusion(figure) {
      const one = data.contestants[figure.dataset.contestant];
      const names = data.classes;
      const part = one.judged.shown; // numbers of the classes that there is room for
      const place = new Map(part.map((label, i) => [label, i]));
      const shown = figure.dataset.shown ?? 'count';
      const support = one.judged.scores.support;
      const cells = [];
      for (let i = 0; i < one.judged.confusion.length; i += 3) {
        const [truth, predicted, images] = one.judged.confusion.slice(i, i + 3);
        cells.push({ truth, predicted, images, share: images / support[truth] });
      }
      const [wanted, answered] = (figure.dataset.cell ?? '').split('.');
      const isMarked = cell => String(cell.predicted) === answered && (wanted === 'any' || String(cell.truth) === wanted);
      cells.sort((a, b) => isMarked(a) - isMarked(b)); // drawn last, their frames lie on top
      const rows = cells.slice().sort((a, b) => a.truth - b.truth || b.images - a.images);
      switches(figure, [['count', 'Counts'], ['share', 'Row percent']], shown);
      const few = part.length <= 12;
      const paper = color('heat-0');
      const ink = color('heat-1');
      // The share of the row sets the shade in both, by its root, so that mistakes are seen beside the diagonal.
      const shade = cell => mixed(paper, ink, Math.sqrt(cell.share) * 0.96 + 0.04);
      const text = cell => (shown === 'count' ? String(cell.images) : cell.share >= 0.0995 ? (100 * cell.share).toFixed(0) : (100 * cell.share).toFixed(1));
      const light = cell => Math.sqrt(cell.share) > 0.5;
      const wide = figure.clientWidth;
      const labels = part.map(String);
      const length = wide < 500 ? 9 : 14;
      return {
        height: Math.min(640, Math.max(300, Math.min(wide, few ? 460 : 620))),
        renderer: part.length > 24 ? 'canvas' : 'svg',
        option: {
          ...base(),
          grid: { left: few ? (wide < 500 ? 84 : 112) : 40, right: 4, top: 4, bottom: few ? (wide < 500 ? 76 : 62) : 40 },
          xAxis: {
            type: 'category',
            data: labels,
            name: few ? '' : 'Predicted class, by number',
            nameLocation: 'middle',
            nameGap: 24,
            nameTextStyle: { color: color('muted') },
            axisLabel: { color: color('ink'), fontSize: 11, rotate: few ? 45 : 0, interval: few ? 0 : 'auto', formatter: i => (few ? short(names[i], length) : i) },
            axisLine: { show: false },
            axisTick: { show: false },
          },
          yAxis: {
            type: 'category',
            inverse: true,
            data: labels,
            name: few ? '' : 'True class, by number',
            nameLocation: 'middle',
            nameGap: 28,
            nameTextStyle: { color: color('muted') },
            axisLabel: { color: color('ink'), fontSize: 11, interval: few ? 0 : 'auto', formatter: i => (few ? short(names[i], length) : i) },
            axisLine: { show: false },
            axisTick: { show: false },
          },
          series: [
            {
              type: 'heatmap',
              progressive: 0,
              data: cells.map(cell => ({
                value: [place.get(cell.predicted), place.get(cell.truth), cell.images],
                itemStyle: isMarked(cell)
                  ? { color: shade(cell), borderColor: color('warn-line'), borderWidth: part.length > 24 ? 2 : 3 }
                  : { color: shade(cell), borderColor: color('surface'), borderWidth: part.length > 24 ? 0 : 1 },
                label: { show: few, formatter: text(cell), color: light(cell) ? color('surface') : color('ink'), fontSize: wide < 500 ? 9 : 11 },
              })),
              tooltip: {
                formatter: item => {
                  const cell = cells[item.dataIndex];
                  return `<b dir="auto">${escaped(short(names[cell.truth], 60))}</b> taken for <b dir="auto">${escaped(short(names[cell.predicted], 60))}</b><br>${count(cell.images)} of ${count(support[cell.truth])} (${percent(cell.share)} %)`;
                },
              },
            },
          ],
          visualMap: undefined,
        },
        note: marked() + (few ? '' : `${part.length < names.length ? `The ${part.length} most confused of ${count(names.length)} classes. ` : ''}Point at a cell for names and numbers.`),
        sentence: `Confusion matrix of ${one.name}, ${part.length} of ${names.length} classes. ${one.judged.pairs.slice(0, 3).map(pair => `${names[pair.truth]} taken for ${names[pair.predicted]}: ${pair.images}`).join('; ') || 'No mistakes'}.`,
        head: ['True class', 'Predicted class', 'Images', 'Percent of the true class'],
        rows: rows.map(cell => [names[cell.truth], names[cell.predicted], cell.images, percent(cell.share)]),
        ids: rows.map(cell => `${figure.id}.${cell.truth}.${cell.predicted}`),
        marked: rows.map(isMarked),
      };

      /** Says what the address of the page leads to. */
      function marked() {
        if (!names[answered]) return '';
        const images = cells.filter(isMarked).reduce((sum, cell) => sum + cell.images, 0);
        if (wanted === 'any') return `Marked: ${count(images)} ${images === 1 ? 'image was' : 'images were'} taken for ${names[answered]}. `;
        if (!names[wanted]) return '';
        if (!images) return `No image of ${names[wanted]} was taken for ${names[answered]}. `;
        const made = wanted === answered ? 'recognized' : `taken for ${names[answered]}`;
        return `Marked: ${count(images)} of ${count(support[wanted])} ${support[wanted] === 1 ? 'image' : 'images'} of ${names[wanted]} ${images === 1 ? 'was' : 'were'} ${made}. `;
      }
    },
  };

  const latency = one => one.efficiency?.onnxruntime?.p50_micros ?? one.efficiency?.pytorch?.p50_micros;
  const average = list => list.reduce((sum, value) => sum + value, 0) / list.length;

  function bound(one, side, otherwise) {
    const value = one.standing[`accuracy_${side}`];
    return known(value) ? 100 * value : otherwise;
  }

  /** Interpolates between the neighbours, as R's type 7 and NumPy do. */
  function quantile(sorted, share) {
    const place = (sorted.length - 1) * share;
    const below = Math.floor(place);
    return sorted[below] + (place - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
  }

  const rgb = hex => `rgb(${[1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16)).join(', ')})`;

  const legend = more => ({ top: 0, itemWidth: 18, itemHeight: 9, itemGap: 14, textStyle: { color: color('muted'), fontSize: 12 }, ...more });

  // ---- Drawing

  /** Puts the buttons of a chart in place, once: what it shows, and of which trial. */
  function switches(figure, choices, shown, trials = []) {
    const controls = figure.querySelector('.controls');
    if (!controls.firstChild) {
      const group = element('span', { class: 'switch', role: 'group', 'aria-label': 'Show' });
      for (const [value, name] of choices) {
        const button = element('button', { type: 'button', 'data-value': value }, name);
        button.addEventListener('click', () => {
          figure.dataset.shown = value;
          draw(figure);
        });
        group.append(button);
      }
      controls.append(group);
      if (trials.length > 1) {
        const select = element('select', { 'aria-label': 'Trial' });
        trials.forEach((trial, i) => select.append(element('option', { value: i }, trial.label)));
        select.addEventListener('change', () => {
          figure.dataset.trial = select.value;
          draw(figure);
        });
        controls.append(select);
      }
    }
    for (const button of controls.querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String(button.dataset.value === shown));
    }
  }

  function draw(figure) {
    const plot = figure.querySelector('.plot');
    const made = charts[figure.dataset.chart](figure);
    if (made.absent) {
      plot.replaceWith(element('p', { class: 'absent' }, made.absent));
      figure.dataset.drawn = 'absent';
      return;
    }
    if (made.height) plot.style.height = `${made.height}px`;
    let chart = drawn.get(figure);
    if (!chart) {
      chart = echarts.init(plot, null, { renderer: made.renderer ?? 'svg' });
      drawn.set(figure, chart);
      plot.setAttribute('role', 'img');
    }
    chart.resize();
    chart.setOption(made.option, { notMerge: true });
    chart.getZr().flush();
    plot.setAttribute('aria-label', made.sentence);
    annotate(figure, made);
    figure.dataset.drawn = 'yes';
  }

  /** Adds the remark and the table below a chart; the table is filled when it is opened. */
  function annotate(figure, made) {
    let note = figure.querySelector('.note');
    if (made.note) {
      if (!note) {
        note = element('p', { class: 'note small' });
        figure.querySelector('.plot').after(note);
      }
      note.textContent = made.note;
    } else if (note) {
      note.remove();
    }
    let details = figure.querySelector('details');
    if (!details) {
      details = element('details', {}, element('summary', {}, 'Numbers'));
      details.addEventListener('toggle', () => fill(details));
      figure.append(details);
    }
    details.made = made;
    fill(details);
  }

  function fill(details) {
    const { made } = details;
    if (details.open && details.filled !== made) {
      details.filled = made;
      details.querySelector('.scroll')?.remove();
      const name = details.closest('figure').querySelector('figcaption :is(h2, h3, h4)').textContent;
      const numbers = table(name, made.head, made.rows);
      made.ids?.forEach((id, i) => {
        numbers.tBodies[0].rows[i].id = id;
        numbers.tBodies[0].rows[i].classList.toggle('marked', made.marked[i]);
      });
      details.append(scrolling(name, numbers));
    }
  }

  const scrolling = (name, inner) => element('div', { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': name }, inner);

  function table(caption, head, lines) {
    const numeric = head.map((_, i) => lines.every(line => /^([\d.,<> %\u2212\u2013+-]|\u00b5s|[KMG]iB|B|[hms])*$/.test(String(line[i]))));
    const cell = (name, text, i, more = {}) => element(name, { ...(numeric[i] ? { class: 'n' } : {}), ...more }, bdi(String(text)));
    return element(
      'table',
      {},
      element('caption', {}, caption),
      element('thead', {}, element('tr', {}, ...head.map((text, i) => cell('th', text, i, { scope: 'col' })))),
      element('tbody', {}, ...lines.map(line => element('tr', {}, ...line.map((text, i) => (i ? cell('td', text, i) : cell('th', text, i, { scope: 'row' })))))),
    );
  }

  const seen = new IntersectionObserver(entries => {
    for (const entry of entries) {
      if (entry.isIntersecting) {
        seen.unobserve(entry.target);
        draw(entry.target);
      }
    }
  }, { rootMargin: '300px' });
  document.querySelectorAll('figure[data-chart]').forEach(figure => seen.observe(figure));

  function redraw() {
    for (const figure of drawn.keys()) {
      if (figure.querySelector('.plot').clientWidth) draw(figure);
    }
  }

  let width = root.clientWidth;
  let waiting;
  addEventListener('resize', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (root.clientWidth !== width) {
        width = root.clientWidth;
        redraw();
      }
    }, 120);
  });

  // ---- Pictures, and tables that are made when they are opened

  function picture(name, text) {
    return element('img', { src: `data:image/png;base64,${data.pictures[name]}`, alt: text, title: text, loading: 'lazy' });
  }

  function pairs(panel) {
    const one = data.contestants[panel.dataset.pairs];
    const { judged } = one;
    if (!judged.pairs.length) {
      panel.append(element('p', {}, 'It made no mistake.'));
      return;
    }
    panel.append(element('p', {}, `${judged.pairs.length} of ${count(judged.all_pairs)} pairs of classes that were taken for each other; of each the most confident mistakes.`));
    for (const pair of judged.pairs) {
      const truth = data.classes[pair.truth];
      const predicted = data.classes[pair.predicted];
      const line = element('p', {}, bdi(truth), ' taken for ', bdi(predicted), ' ', element('small', {}, `${count(pair.images)} ${pair.images === 1 ? 'image' : 'images'}, ${percent(pair.share)} % of its class`));
      const strip = element('div', { class: 'strip' }, ...pair.pictures.map(name => picture(name, `${truth}, taken for ${predicted} (${name})`)));
      panel.append(element('div', { class: 'pair' }, line, strip));
    }
    if (!judged.pairs.some(pair => pair.pictures.length)) {
      panel.append(element('p', { class: 'absent' }, 'The images are not there, so there are no pictures.'));
    }
  }

  function classes(details) {
    const one = data.contestants[details.dataset.classes];
    const { scores } = one.judged;
    const name = `Scores of each class, ${one.name}`;
    const order = [...data.classes.keys()];
    if (order.length > MANY) order.sort((a, b) => !scores.support[a] - !scores.support[b] || scores.recall[a] - scores.recall[b]);
    const made = table(name, ['Class', 'Precision %', 'Recall %', 'F1 %', 'Support'], order.map(i => [
      data.classes[i], percent(scores.precision[i]), percent(scores.recall[i]), percent(scores.f1[i]), count(scores.support[i]),
    ]));
    made.className = 'sortable';
    [...made.tBodies[0].rows].forEach((row, line) => {
      ['precision', 'recall', 'f1'].forEach((key, k) => {
        row.cells[k + 1].classList.add('bar-cell');
        row.cells[k + 1].style.setProperty('--share', 100 * scores[key][order[line]]);
      });
    });
    details.append(scrolling(name, made));
    sortable(made);
    searchable(made);
  }

  function hard() {
    const panel = document.getElementById('hard');
    if (!panel) return;
    const { hard } = data;
    panel.append(element('h3', {}, 'Images that every model gets wrong'));
    if (!hard.judged) {
      panel.append(element('p', {}, 'It takes two classifiers with predictions of the same images to tell.'));
      return;
    }
    panel.append(element('p', {}, `${count(hard.images)} of ${count(hard.judged)} images${hard.examples.length ? '; those come first on which the models agree with each other, and perhaps the label is wrong.' : '.'}`));
    if (!hard.examples.length) return;
    const items = hard.examples.map(example => {
      const given = new Map();
      example.answers.forEach((answer, i) => given.set(answer, [...(given.get(answer) ?? []), hard.models[i]]));
      const answers = [...given].sort((a, b) => b[1].length - a[1].length);
      const words = element('span', {}, 'is ', bdi(short(data.classes[example.truth], 40)));
      for (const [answer, models] of answers.slice(0, 2)) {
        const who = models.length === hard.models.length ? 'all say ' : models.length > 1 ? `${models.length} say ` : `${short(models[0])} says `;
        words.append(element('br'), element('small', {}, who, bdi(short(data.classes[answer], 40))));
      }
      if (answers.length > 2) words.append(element('br'), element('small', {}, `${answers.length - 2} other answers`));
      const item = element('li', { class: 'example' });
      if (example.picture) item.append(picture(example.picture, `Image ${example.index}${example.trial ? ` of ${example.trial}` : ''}, true class ${data.classes[example.truth]}`));
      item.append(words);
      return item;
    });
    panel.append(element('ul', { class: 'gallery' }, ...items.slice(0, 9)));
    if (items.length > 9) {
      panel.append(element('details', { class: 'every' }, element('summary', {}, `${items.length - 9} more`), element('ul', { class: 'gallery' }, ...items.slice(9))));
    }
  }

  hard();
  for (const details of document.querySelectorAll('.contestant')) {
    const open = () => {
      if (details.open && !details.dataset.filled) {
        details.dataset.filled = 'yes';
        details.querySelectorAll('[data-pairs]').forEach(pairs);
      }
    };
    details.addEventListener('toggle', open);
    open();
  }
  for (const details of document.querySelectorAll('[data-classes]')) {
    details.addEventListener('toggle', () => classes(details), { once: true });
  }

  // ---- Tables that sort

  function sortable(made) {
    [...made.tHead.rows[0].cells].forEach((head, column) => {
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
          const text = cell.dataset.sort ?? cell.textContent.trim();
          const number = Number(text.replace(/[,\s]/g, '').replace('\u2212', '-').replace(/^<0/, '0'));
          return text === '' || text === '\u2013' || text === 'NaN' || text === 'null' ? null : Number.isNaN(number) ? text : number;
        };
        const lines = [...made.tBodies[0].rows].map(row => [key(row), row]);
        lines.sort(([a], [b]) => {
          if (a === null || b === null) return (a === null) - (b === null); // what is unknown stays last
          const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', { numeric: true });
          return rising ? order : -order;
        });
        made.tBodies[0].append(...lines.map(([, row]) => row));
        made.dispatchEvent(new Event('sorted'));
      });
    });
  }
  document.querySelectorAll('table.sortable').forEach(sortable);

  /** Of a long table shows the first rows, and any whose name is asked for. */
  function searchable(made) {
    if (made.tBodies[0].rows.length <= MANY) return;
    const name = element('input', { type: 'search', placeholder: 'Find a class', 'aria-label': `Find a class in ${made.caption.textContent}` });
    const all = element('button', { type: 'button', 'aria-pressed': 'false' }, 'Show all');
    const told = element('output', { class: 'small' });
    function show() {
      const rows = [...made.tBodies[0].rows];
      const wanted = name.value.trim().toLowerCase();
      const called = row => row.cells[0].textContent.trim().toLowerCase();
      const found = rows.filter(row => called(row).includes(wanted));
      const exact = found.filter(row => called(row) === wanted); // species 9, of a hundred that begin so
      const seen = new Set(all.getAttribute('aria-pressed') === 'true' ? found : [...exact, ...found.slice(0, FIRST)]);
      rows.forEach(row => (row.hidden = !seen.has(row)));
      told.textContent = `${seen.size < found.length ? `The first ${seen.size} of ${count(found.length)}` : count(found.length)} ${wanted ? 'with that name' : 'classes'}`;
    }
    name.addEventListener('input', show);
    all.addEventListener('click', () => {
      all.setAttribute('aria-pressed', String(all.getAttribute('aria-pressed') === 'false'));
      show();
    });
    made.addEventListener('sorted', show);
    made.closest('.scroll').before(element('div', { class: 'controls' }, name, all, told));
    show();
  }
  document.querySelectorAll('table.searchable').forEach(searchable);

  // ---- Opening, the color scheme, and paper

  function openTarget() {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (target && target.tagName === 'DETAILS') {
      target.open = true;
      target.scrollIntoView();
    }
    const [, figure, truth, predicted] = id.match(/^(confusion-[^.]+)\.(\d+|any)\.(\d+)$/) ?? [];
    if (figure) openCell(document.getElementById(figure), `${truth}.${predicted}`);
  }

  /** Marks a cell of a confusion matrix, such as 3.5 for what is 3 and was taken for 5, or a column, such as any.5. */
  function openCell(figure, cell) {
    if (!figure) return;
    for (let around = figure.closest('details'); around; around = around.parentElement.closest('details')) around.open = true;
    figure.dataset.cell = cell;
    figure.parentElement.querySelectorAll('figure[data-chart]').forEach(each => { // now, so that none moves the others later
      seen.unobserve(each);
      draw(each);
    });
    const details = figure.querySelector('details');
    details.open = true;
    fill(details);
    const place = details.querySelector('tr.marked') ?? figure;
    place.tabIndex = -1;
    const show = () => {
      figure.scrollIntoView();
      place.scrollIntoView({ block: 'nearest' });
      place.focus({ preventScroll: true });
    };
    show();
    // Until then the browser looks for the place by itself, and puts it below the bar.
    if (document.readyState !== 'complete') addEventListener('load', () => requestAnimationFrame(show), { once: true });
  }
  addEventListener('hashchange', openTarget);
  openTarget();

  const all = document.getElementById('open-all');
  if (all) {
    all.hidden = false;
    all.addEventListener('click', () => {
      const open = all.textContent === 'Open all';
      document.querySelectorAll('.contestant').forEach(details => (details.open = open));
      all.textContent = open ? 'Close all' : 'Open all';
    });
  }

  const scheme = document.getElementById('scheme');
  function named() {
    scheme.textContent = dark() ? 'Light' : 'Dark';
    scheme.setAttribute('aria-label', `Switch to the ${dark() ? 'light' : 'dark'} colors`);
  }
  scheme.hidden = false;
  scheme.addEventListener('click', () => {
    root.dataset.scheme = dark() ? 'light' : 'dark';
    named();
    redraw();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    named();
    redraw();
  });
  named();

  // On paper all is light, and every chart of an open part is drawn.
  let before;
  addEventListener('beforeprint', () => {
    before = root.dataset.scheme;
    root.dataset.scheme = 'light';
    document.querySelectorAll('figure[data-chart]').forEach(figure => {
      if (!figure.dataset.drawn && figure.querySelector('.plot').clientWidth) draw(figure);
    });
    redraw();
  });
  addEventListener('afterprint', () => {
    if (before) root.dataset.scheme = before;
    else delete root.dataset.scheme;
    redraw();
  });
})();
