// Numbers for people.

const binary = ["B", "KiB", "MiB", "GiB", "TiB"];

/** A value with about five digits, in the unit's usual multiples. */
export function formatValue(value, unit) {
  if (value === undefined || value === null) return "–";
  if (!Number.isFinite(value)) return String(value);
  if (unit === "bytes") {
    let power = 0;
    for (; Math.abs(value) >= 1024 && power < binary.length - 1; power++) value /= 1024;
    return `${trim(value.toPrecision(4))} ${binary[power]}`;
  }
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-4 || size >= 1e9) ? value.toExponential(3).replace(/\.?0+e/, "e")
    : size >= 1e5 ? Math.round(value).toLocaleString("en")
    : trim(value.toPrecision(5));
  return unit ? `${text} ${unit}` : text;
}

/** A span of seconds in at most two parts, as 1 h 5 min. */
export function formatSpan(seconds) {
  const sign = seconds < 0 ? "-" : "";
  let rest = Math.abs(seconds);
  if (rest < 60) return `${sign}${trim(rest.toFixed(rest < 10 ? 2 : 1))} s`;
  rest = Math.round(rest);
  const parts = [[Math.floor(rest / 86400), "d"], [Math.floor(rest / 3600) % 24, "h"], [Math.floor(rest / 60) % 60, "min"], [rest % 60, "s"]];
  const first = parts.findIndex(([count]) => count > 0);
  return sign + parts.slice(first, first + 2).filter(([count]) => count > 0).map(part => part.join(" ")).join(" ");
}

const trim = text => text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
