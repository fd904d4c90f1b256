// All charts of a run: what they share, and what they ask the collector for.

import { Chart } from "./chart.js";
import { Series, decode } from "./series.js";

// What one answer may hold, far below what the collector gives at once.
const maxAnswerPoints = 100000;

/** Begins to draw the charts below an element. `page` is told of the zoom, for the address. */
export const open = (root, page, url, settings) => new Board(root, page, url, settings);

class Board {
  #charts = new Map();
  #series = new Map();
  #wanted = new Set();
  #isAsking = false;
  #isPointing = false;
  #frame = 0;
  #details = new AbortController();
  #gone = new AbortController();

  constructor(root, page, url, settings) {
    Object.assign(this, { root, page, url, settings, zoom: parseZoom(settings.zoom) });
    const scroller = root.closest(".run-body");
    this.inView = new IntersectionObserver(entries => this.#look(entries), { root: scroller, rootMargin: "160px 0px" });
    this.size = new ResizeObserver(() => this.#redraw(true));
    this.size.observe(root);
    this.sync();
  }

  seriesOf(metric) {
    if (!this.#series.has(metric)) this.#series.set(metric, new Series(metric));
    return this.#series.get(metric);
  }

  /** Takes the charts that the page has now. */
  sync() {
    const found = new Set(this.root.querySelectorAll(".plot"));
    for (const [element, chart] of this.#charts) {
      if (found.has(element) && element.dataset.chart === chart.text) continue;
      this.inView.unobserve(element);
      chart.dispose();
      this.#charts.delete(element);
    }
    for (const element of found) {
      if (this.#charts.has(element)) continue;
      this.#charts.set(element, new Chart(this, element));
      element.dataset.state = "loading";
      this.inView.observe(element);
    }
  }

  update(settings) {
    const zoom = parseZoom(settings.zoom);
    const isZoomed = JSON.stringify(zoom) !== JSON.stringify(this.zoom);
    this.settings = settings;
    if (isZoomed) this.#zoom(zoom);
    this.#redraw(true);
  }

  /** Points that have just been kept. */
  append(metrics, bytes) {
    decode(bytes).forEach((points, i) => this.#series.get(metrics[i])?.append(points));
    const touched = new Set(metrics);
    for (const chart of this.#charts.values()) {
      if (!chart.spec.lines.some(line => touched.has(line.metric))) continue;
      chart.isDirty = true;
      // What has grown far beyond what can be seen is thinned anew.
      if (chart.isInView && chart.series.some(series => series.length > 2 * this.#budget)) this.#want(chart);
    }
    this.#redraw(false);
  }

  /** Asks for everything again, after something was missed. */
  reload() {
    for (const chart of this.#charts.values()) {
      if (chart.isInView) this.#want(chart);
      else for (const series of chart.series) this.#series.delete(series.metric);
    }
  }

  hover(chart, x) {
    if (this.#isPointing) return;
    this.#isPointing = true;
    const moment = x === null ? null : chart.momentAt(x);
    for (const other of this.#charts.values()) if (other !== chart && other.isInView) other.point(moment);
    this.#isPointing = false;
  }

  sayPlace(text) {
    if (this.#isPointing) return;
    const place = this.root.querySelector(".chart-place");
    if (place) place.textContent = text;
  }

  zoomTo(chart, min, max) {
    if (chart) {
      const [from, to] = [min, max].map(x => (chart.momentAt(x).time - this.settings.start) / 1000);
      this.#zoom({ clock: chart.clock, min, max, from, to });
    } else {
      this.#zoom(null);
    }
    this.page.invokeMethodAsync("ZoomedAsync", formatZoom(this.zoom));
  }

  /** Makes what is shown wider or narrower about the middle, from the buttons. */
  scale(factor) {
    const chart = [...this.#charts.values()].find(one => one.isInView && one.span);
    if (!chart) return;
    const [min, max] = chart.span;
    const centre = (min + max) / 2;
    this.zoomTo(chart, centre - (centre - min) * factor, centre + (max - centre) * factor);
  }

  dispose() {
    this.#gone.abort();
    this.#details.abort();
    cancelAnimationFrame(this.#frame);
    this.inView.disconnect();
    this.size.disconnect();
    for (const chart of this.#charts.values()) chart.dispose();
  }

  /** Points a series, two for each pixel of a chart's width. */
  get #budget() {
    const [chart] = this.#charts.keys();
    return Math.min(2000, Math.max(400, 2 * Math.ceil(chart?.clientWidth ?? 0)));
  }

  /** Many lines in one chart need fewer points each. */
  #pointsOf(lines) { return Math.round(Math.min(this.#budget, Math.max(100, 4 * this.#budget / lines))); }

  #look(entries) {
    for (const { target, isIntersecting } of entries) {
      const chart = this.#charts.get(target);
      if (!chart) continue;
      chart.isInView = isIntersecting;
      if (!isIntersecting) continue;
      if (!chart.isLoaded) this.#want(chart);
      else if (chart.isDirty) this.#redraw(false);
    }
  }

  #zoom(zoom) {
    this.zoom = zoom;
    this.#details.abort();
    this.#details = new AbortController();
    for (const chart of this.#charts.values()) {
      chart.isDirty = true;
      for (const series of chart.series) if (!zoom) series.setPart(0, 0, null);
    }
    this.#redraw(false);
    if (zoom) this.#ask([...this.#charts.values()].filter(chart => chart.isInView && chart.isLoaded), true);
  }

  #want(chart) {
    this.#wanted.add(chart);
    for (const series of chart.series) series.expect();
    if (this.#isAsking) return;
    this.#isAsking = true;
    // All that have come into view together are asked for together.
    queueMicrotask(async () => {
      const charts = [...this.#wanted];
      this.#wanted.clear();
      this.#isAsking = false;
      await this.#ask(charts, false);
      if (this.zoom) await this.#ask(charts, true);
    });
  }

  async #ask(charts, inDetail) {
    const most = Math.max(1, Math.floor(maxAnswerPoints / this.#budget));
    for (let rest = charts; rest.length > 0;) {
      let count = 1;
      for (let lines = rest[0].spec.lines.length; count < rest.length && lines + rest[count].spec.lines.length <= most; count++) lines += rest[count].spec.lines.length;
      await this.#askFor(rest.slice(0, count), inDetail);
      rest = rest.slice(count);
    }
  }

  async #askFor(charts, inDetail) {
    const signal = inDetail ? this.#details.signal : this.#gone.signal;
    const parts = charts.map(chart => {
      const steps = inDetail ? chart.stepsInView : null;
      return { chart, metrics: chart.spec.lines.map(line => line.metric), from: steps ? Math.max(0, steps[0] - 1) : null, to: steps ? steps[1] + 1 : null };
    }).filter(part => !inDetail || part.to > 0);
    try {
      const answer = await fetch(this.url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(parts.map(({ metrics, from, to }) => ({ metrics, points: this.#pointsOf(metrics.length), from, to }))),
        signal,
      });
      if (!answer.ok) throw new Error(await answer.text() || `The collector answered ${answer.status}.`);
      const series = decode(new Uint8Array(await answer.arrayBuffer()));
      let at = 0;
      for (const { chart, from, to } of parts) {
        for (const one of chart.series) {
          if (inDetail) one.setPart(from, to, series[at++]);
          else one.setWhole(series[at++]);
        }
        chart.isDirty = true;
      }
      this.#redraw(false);
    } catch (error) {
      if (signal.aborted) return;
      for (const { chart } of parts) chart.fail(error instanceof TypeError ? "The collector cannot be reached." : error.message, () => this.#want(chart));
    }
  }

  #redraw(all) {
    if (all) for (const chart of this.#charts.values()) chart.isDirty = true;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      for (const chart of this.#charts.values()) if (chart.isDirty && chart.isInView && chart.isLoaded) chart.draw();
    });
  }
}

/** A zoom as it stands in the address: clock, its first and last, and the same in seconds since the start. */
function parseZoom(text) {
  const [clock, ...numbers] = (text ?? "").split("_");
  const [min, max, from, to] = numbers.map(Number);
  return ["step", "epoch", "time"].includes(clock) && min < max && from <= to ? { clock, min, max, from, to } : null;
}

const formatZoom = zoom => zoom && [zoom.clock, ...[zoom.min, zoom.max, zoom.from, zoom.to].map(one => Number(one.toFixed(3)))].join("_");
