// The names of a chart's lines with their values; a line is hidden and shown by its button.

import { formatValue } from "./format.js";

export class Legend {
  #values;

  /** Calls `toggle` with the number of the line that is to be hidden or shown. */
  constructor(lines, unit, toggle) {
    this.unit = unit;
    this.element = document.createElement("div");
    this.element.className = "chart-legend";
    this.#values = lines.map((line, i) => {
      const button = document.createElement("button");
      button.type = "button";
      button.title = line.metric;
      button.ariaPressed = "true";
      const swatch = document.createElement("i");
      const value = document.createElement("b");
      // Names come from outside: text, never markup.
      button.append(swatch, line.label, value);
      button.addEventListener("click", () => {
        button.ariaPressed = button.ariaPressed === "true" ? "false" : "true";
        toggle(i);
      });
      this.element.append(button);
      return { swatch, value };
    });
  }

  colour(colours) {
    this.#values.forEach(({ swatch }, i) => { swatch.style.background = colours[i]; });
  }

  show(values) {
    this.#values.forEach(({ value }, i) => { value.textContent = formatValue(values[i], this.unit); });
  }
}
