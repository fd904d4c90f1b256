// Colours of lines, told apart on light and on dark ground; lines beyond them are dashed.

const light = ["#0f62a8", "#c2410c", "#1b7f4b", "#9333a8", "#a37200", "#0e7c86", "#c2185b", "#5b6670", "#6d4c41", "#4552c7"];
const dark = ["#6cb6ff", "#ff9e64", "#56c98a", "#d69cf5", "#e8c547", "#4dd0c8", "#ff85b3", "#aab4bf", "#d0a98f", "#a3acff"];
const dashes = [undefined, [6, 3], [2, 3], [8, 3, 2, 3]];

export const lineColour = (number, isDark) => (isDark ? dark : light)[number % light.length];

export const lineDash = number => dashes[Math.floor(number / light.length) % dashes.length];

/** What is not a line. */
export const ground = isDark => isDark
  ? { text: "#9fadbb", grid: "#232b34", axis: "#3a4550" }
  : { text: "#5a6673", grid: "#e8edf2", axis: "#c4ccd4" };
