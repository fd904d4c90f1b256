// Points of metrics as the collector sends them, kept in columns in the order of their steps.

const columns = ["step", "epoch", "time", "value"];

const empty = () => ({ step: [], epoch: [], time: [], value: [] });

/** Reads series one after the other: of each the number of points, then its columns, all of them doubles. Times are milliseconds. */
export function decode(bytes) {
  const numbers = new Float64Array(bytes.byteOffset % 8 ? bytes.slice().buffer : bytes.buffer, bytes.byteOffset % 8 ? 0 : bytes.byteOffset, bytes.byteLength / 8);
  const series = [];
  for (let at = 0; at < numbers.length;) {
    const count = numbers[at++];
    const points = {};
    for (const column of columns) {
      points[column] = Array.from(numbers.subarray(at, at + count));
      at += count;
    }
    series.push(points);
  }
  return series;
}

/** The first place in ascending numbers that is not below a number. */
export function lowerBound(numbers, number) {
  let low = 0;
  for (let high = numbers.length; low < high;) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Exponential moving average without the pull of its start. A point keeps `weight` of the average before it when it is one
 * `unit` of steps away, less when it is farther, so that thinned series come out as whole ones do.
 */
export function smooth(step, value, weight, unit) {
  let mean = 0, mass = 0, last = step[0] - unit;
  return value.map((one, i) => {
    if (!Number.isFinite(one)) return one;
    const keep = weight ** ((step[i] - last) / unit);
    mean = keep * mean + (1 - keep) * one;
    mass = keep * mass + (1 - keep);
    last = step[i];
    return mass > 0 ? mean / mass : one;
  });
}

function insert(points, point) {
  const last = points.step.length - 1;
  if (last < 0 || point.step > points.step[last]) {
    for (const column of columns) points[column].push(point[column]);
    return;
  }
  const at = lowerBound(points.step, point.step);
  const taken = points.step[at] === point.step ? 1 : 0;
  for (const column of columns) points[column].splice(at, taken, point[column]);
}

/** One metric: the whole of it thinned, a part of it in more detail, and what has come since. */
export class Series {
  #whole = null;
  #part = null;
  #early = null;
  #shown = null;

  get isLoaded() { return this.#whole !== null; }

  /** Points of the whole, to be thinned anew when they have become too many. */
  get length() { return this.#whole?.step.length ?? 0; }

  /** What is drawn. */
  get points() {
    this.#shown ??= this.#merged();
    return this.#shown;
  }

  /** Steps between two points of the whole. */
  get unit() {
    const step = this.#whole?.step ?? [];
    return step.length > 1 ? (step.at(-1) - step[0]) / (step.length - 1) : 1;
  }

  setWhole(points) {
    this.#whole = points;
    for (const point of this.#early ?? []) insert(points, point);
    this.#early = null;
    this.#shown = null;
  }

  /** What came between asking for the whole and its answer must not be lost. */
  expect() { this.#early = []; }

  setPart(from, to, points) {
    this.#part = points && { from, to, points };
    this.#shown = null;
  }

  append(points) {
    for (let i = 0; i < points.step.length; i++) {
      const point = { step: points.step[i], epoch: points.epoch[i], time: points.time[i], value: points.value[i] };
      this.#early?.push(point);
      if (this.#whole) insert(this.#whole, point);
      if (this.#part && point.step >= this.#part.from && point.step <= this.#part.to) insert(this.#part.points, point);
    }
    this.#shown = null;
  }

  #merged() {
    const whole = this.#whole ?? empty();
    const part = this.#part;
    if (!part) return whole;
    const start = lowerBound(whole.step, part.from), end = lowerBound(whole.step, part.to + 1);
    const merged = {};
    for (const column of columns) merged[column] = [...whole[column].slice(0, start), ...part.points[column], ...whole[column].slice(end)];
    return merged;
  }
}
