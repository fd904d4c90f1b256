// One chart: lines over steps or time, with a cursor that all charts share.

import uPlot from "./uPlot.esm.js";
import { ground, lineColour, lineDash } from "./colours.js";
import { formatSpan, formatValue } from "./format.js";
import { Legend } from "./legend.js";
import { lowerBound, smooth } from "./series.js";

const height = 190;
const font = "11px system-ui, sans-serif";

export class Chart {
  #plot = null;
  #box = document.createElement("div");
  #legend;
  #hidden = new Set();
  #extremes = [0, 1];
  #odd = [];
  #shape = "";
  #listen = event => this.#onKey(event);

  constructor(board, element) {
    this.board = board;
    this.element = element;
    this.text = element.dataset.chart;
    this.spec = JSON.parse(this.text);
    this.series = this.spec.lines.map(line => board.seriesOf(line.metric));
    this.isInView = false;
    this.isDirty = true;
    this.#box.className = "chart-box";
    this.#legend = new Legend(this.spec.lines, this.spec.unit, line => this.#toggle(line));
    element.replaceChildren(this.#box, this.#legend.element);
    element.addEventListener("keydown", this.#listen);
  }

  get isLoaded() { return this.series.every(series => series.isLoaded); }

  /** What its steps count: points logged once an epoch have its number as their step. */
  get clock() {
    if (this.board.settings.x === "time") return "time";
    const { step, epoch } = this.#main.points;
    const looked = [0, step.length >> 1, step.length - 1];
    return step.length > 0 && looked.every(i => step[i] === epoch[i]) ? "epoch" : "step";
  }

  /** First and last of what is in view; null before it is drawn. */
  get span() { return this.#plot && [this.#plot.scales.x.min, this.#plot.scales.x.max]; }

  get #main() { return this.series.find(series => series.length > 0) ?? this.series[0]; }

  /** Steps that are in view: what is asked for in detail. Null where the whole is in view. */
  get stepsInView() {
    const range = this.#range();
    if (!this.board.zoom || !range) return null;
    if (this.clock !== "time") return range.map(Math.round);
    const { step, time } = this.#main.points;
    if (step.length === 0) return null;
    const at = x => lowerBound(time, x * 1000 + this.board.settings.start);
    return [step[Math.max(0, at(range[0]) - 1)], step[Math.min(step.length - 1, at(range[1]))]];
  }

  fail(message, retry) {
    this.element.dataset.state = "failed";
    const note = document.createElement("p");
    note.className = "chart-note";
    note.setAttribute("role", "alert");
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = "Try again";
    again.addEventListener("click", retry);
    note.append(message, " ", again);
    this.#drop();
    this.#box.replaceChildren(note);
  }

  draw() {
    this.isDirty = false;
    const { settings } = this.board;
    const data = this.#data();
    const width = this.#box.clientWidth;
    const shape = JSON.stringify([settings.log, settings.smooth > 0, settings.dark, settings.x, this.clock]);
    if (this.#plot === null || this.#shape !== shape) {
      this.#drop();
      this.#box.replaceChildren();
      this.#shape = shape;
      this.#plot = new uPlot(this.#options(width), data, this.#box);
      this.#legend.colour(this.spec.lines.map((_, i) => lineColour(i, settings.dark)));
    } else {
      if (this.#plot.width !== width) this.#plot.setSize({ width, height });
      this.#plot.setData(data, false);
    }
    this.rescale();
    this.#tell();
    this.element.dataset.state = data[0].length === 0 ? "empty" : "drawn";
    const [min, max] = this.#range() ?? this.#extremes;
    this.element.dataset.drawn = `${settings.log ? "logarithmic" : "linear"}, smoothed ${settings.smooth}, ${lowerBound(data[0], max) - lowerBound(data[0], min)} points`;
  }

  /** Shows the part that all charts show now. */
  rescale() {
    const [min, max] = this.#range() ?? this.#extremes;
    this.#plot?.setScale("x", min < max ? { min, max } : { min: min - 1, max: max + 1 });
  }

  /** Moment and place of a point, for the other charts. */
  momentAt(x) {
    const { settings } = this.board;
    if (settings.x === "time") return { clock: "time", x, time: x * 1000 + settings.start };
    const { step, time } = this.#main.points;
    const i = Math.min(step.length - 1, lowerBound(step, x));
    return { clock: this.clock, x, time: time[i] };
  }

  /** Puts the cursor where another chart's is; null takes it away. */
  point(moment) {
    if (!this.#plot) return;
    const x = moment && this.#placeOf(moment);
    this.#plot.setCursor(x === null || x === undefined ? { left: -10, top: -10 } : { left: this.#plot.valToPos(x, "x"), top: 1 });
  }

  dispose() {
    this.element.removeEventListener("keydown", this.#listen);
    this.#drop();
  }

  #drop() {
    this.#plot?.destroy();
    this.#plot = null;
  }

  #placeOf({ clock, x, time }) {
    if (clock === this.clock) return x;
    const points = this.#main.points;
    if (points.step.length === 0) return null;
    const i = lowerBound(points.time, time);
    return points.step[Math.min(points.step.length - 1, i)];
  }

  #range() {
    const { zoom } = this.board;
    if (!zoom) return null;
    if (zoom.clock === this.clock) return [zoom.min, zoom.max];
    const { start } = this.board.settings;
    if (this.clock === "time") return [zoom.from, zoom.to];
    return [this.#placeOf({ time: zoom.from * 1000 + start }), this.#placeOf({ time: zoom.to * 1000 + start })];
  }

  #data() {
    const { settings } = this.board;
    const isDrawn = value => Number.isFinite(value) && !(settings.log && value <= 0);
    this.#odd = [];
    const tables = this.series.map((series, line) => {
      const { step, time, value } = series.points;
      const x = settings.x === "time" ? time.map(one => (one - settings.start) / 1000) : step;
      value.forEach((one, i) => { if (!isDrawn(one)) this.#odd.push({ line, x: x[i], value: one }); });
      const drawn = values => values.map(one => isDrawn(one) ? one : null);
      const columns = [x, drawn(value)];
      if (settings.smooth > 0 && step.length > 0) columns.push(drawn(smooth(step, value, settings.smooth, series.unit)));
      else if (settings.smooth > 0) columns.push([]);
      return settings.x === "time" ? inOrder(columns) : columns;
    });
    const data = tables.length === 1 ? tables[0] : uPlot.join(tables);
    if (data[0].length > 0) this.#extremes = [data[0][0], data[0].at(-1)];
    return data;
  }

  #options(width) {
    const { settings } = this.board;
    const colours = ground(settings.dark);
    const { unit, lines } = this.spec;
    const axis = { stroke: colours.text, font, grid: { stroke: colours.grid, width: 1 }, ticks: { stroke: colours.axis, width: 1, size: 4 }, gap: 4 };
    const label = settings.x === "time" ? formatSpan : value => value.toLocaleString("en");
    return {
      width,
      height,
      padding: [8, 12, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: false },
        y: settings.log
          ? { distr: 3, range: (_, min, max) => min > 0 ? uPlot.rangeLog(min, max, 10, false) : [0.1, 1] }
          : { range: (_, min, max) => Number.isFinite(min) && Number.isFinite(max) ? uPlot.rangeNum(min, max, 0.1, true) : [0, 1] },
      },
      axes: [
        { ...axis, size: 28, space: 64, values: (_, splits) => splits.map(label) },
        { ...axis, space: 32, values: (_, splits) => splits.map(one => one === null ? "" : formatValue(one, unit === "bytes" ? unit : "")), size: (_, values) => 14 + 6.2 * Math.max(3, ...(values ?? []).map(one => one.length)) },
      ],
      series: [{}, ...lines.flatMap((_, i) => this.#strokes(i))],
      cursor: {
        y: false,
        points: { size: 6 },
        drag: { x: true, y: false, setScale: false, dist: 4 },
        dataIdx: (plot, series, hovered) => nearest(plot.data[series], hovered),
        bind: { dblclick: () => () => this.board.zoomTo(null) },
      },
      hooks: {
        setCursor: [plot => {
          this.#tell();
          const { idx } = plot.cursor;
          this.board.hover(this, idx === null || idx === undefined ? null : plot.data[0][idx]);
        }],
        setSelect: [plot => {
          const { left, width: wide } = plot.select;
          if (wide <= 0) return;
          const [min, max] = [plot.posToVal(left, "x"), plot.posToVal(left + wide, "x")];
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          this.board.zoomTo(this, min, max);
        }],
        draw: [plot => this.#markOdd(plot)],
      },
    };
  }

  /** A line, or with smoothing what was measured and, over it, the line. */
  #strokes(line) {
    const { smooth: smoothing, dark } = this.board.settings;
    const colour = lineColour(line, dark);
    const show = !this.#hidden.has(line);
    const main = { stroke: colour, width: 1.5, dash: lineDash(line), show, points: { size: 5, fill: colour } };
    const plain = { ...main, points: { show: false } };
    return smoothing > 0 ? [{ ...plain, stroke: colour + "50", width: 1 }, { ...plain, width: 2 }] : [main];
  }

  /** What has no height, NaN and infinities above all, is marked at the upper edge. */
  #markOdd(plot) {
    const { ctx, bbox } = plot;
    for (const { line, x } of this.#odd) {
      if (this.#hidden.has(line)) continue;
      const left = plot.valToPos(x, "x", true);
      if (left < bbox.left || left > bbox.left + bbox.width) continue;
      ctx.fillStyle = lineColour(line, this.board.settings.dark);
      const size = 4 * devicePixelRatio;
      ctx.beginPath();
      ctx.moveTo(left - size, bbox.top);
      ctx.lineTo(left + size, bbox.top);
      ctx.lineTo(left, bbox.top + 1.6 * size);
      ctx.fill();
    }
  }

  /** Values in the legend: those at the cursor, or the last ones. */
  #tell() {
    const plot = this.#plot;
    if (!plot) return;
    const { idx } = plot.cursor;
    const each = this.board.settings.smooth > 0 ? 2 : 1;
    const isPointed = idx !== null && idx !== undefined;
    const x = isPointed ? plot.data[0][idx] : plot.data[0].at(-1);
    this.#legend.show(this.spec.lines.map((_, line) => {
      const odd = this.#odd.find(one => one.line === line && one.x === x);
      if (odd) return odd.value;
      const column = plot.data[(line + 1) * each];
      return isPointed ? column[nearest(column, idx)] : column[nearest(column, column.length - 1)];
    }));
    const { settings } = this.board;
    const name = settings.x === "time" ? formatSpan(x ?? 0) : `${this.clock} ${x?.toLocaleString("en")}`;
    this.board.sayPlace(isPointed ? name : "");
  }

  #toggle(line) {
    if (!this.#hidden.delete(line)) this.#hidden.add(line);
    const each = this.board.settings.smooth > 0 ? 2 : 1;
    for (let i = 0; i < each; i++) this.#plot?.setSeries(1 + line * each + i, { show: !this.#hidden.has(line) });
  }

  #onKey(event) {
    const plot = this.#plot;
    if (!plot || event.target !== this.element || event.ctrlKey || event.metaKey || event.altKey) return;
    const xs = plot.data[0];
    const { min, max } = plot.scales.x;
    const first = lowerBound(xs, min), last = Math.min(xs.length, lowerBound(xs, max + 1e-9)) - 1;
    const at = plot.cursor.idx ?? last;
    const jump = event.shiftKey ? Math.max(1, (last - first) >> 4) : 1;
    const go = i => this.point({ clock: this.clock, x: xs[Math.min(last, Math.max(first, i))] });
    const span = factor => {
      const centre = xs[at];
      this.board.zoomTo(this, centre - (centre - min) * factor, centre + (max - centre) * factor);
    };
    const keys = {
      ArrowLeft: () => go(at - jump), ArrowRight: () => go(at + jump), Home: () => go(first), End: () => go(last),
      "+": () => span(0.5), "=": () => span(0.5), "-": () => span(2), 0: () => this.board.zoomTo(null), Escape: () => this.board.zoomTo(null),
    };
    if (!(event.key in keys) || xs.length === 0) return;
    event.preventDefault();
    keys[event.key]();
  }
}

/** The place of the value that is nearest to one, where there may be none. */
function nearest(column, at) {
  if (at === null || at === undefined) return at;
  for (let away = 0; away < column.length; away++) {
    if (column[at - away] !== null && column[at - away] !== undefined) return at - away;
    if (column[at + away] !== null && column[at + away] !== undefined) return at + away;
  }
  return at;
}

/** Columns in the order of the first of them; a run that was taken up again may have gone back in its steps. */
function inOrder(columns) {
  const [x] = columns;
  if (x.every((one, i) => i === 0 || one >= x[i - 1])) return columns;
  const order = x.map((_, i) => i).sort((a, b) => x[a] - x[b]);
  return columns.map(column => order.map(i => column[i]));
}
