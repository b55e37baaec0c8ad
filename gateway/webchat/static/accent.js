/** Makes any accent colour readable: shades of it that keep 4.5:1 (WCAG AA) where text meets them. */

const AA = 4.6;
const DEFAULT = [194, 85, 122];
const LIGHT_SURFACE = [241, 232, 227];
const DARK_SURFACE = [44, 37, 41];
const WHITE = [255, 255, 255];
const BLACK = [0, 0, 0];

/** Set the page's accent variables from `#rrggbb`; anything else gets the house's own colour. */
export function applyAccent(hex) {
  const accent = parse(hex) ?? DEFAULT;
  const root = document.documentElement.style;
  root.setProperty("--accent", css(accent));
  root.setProperty("--accent-fill", css(shift(accent, BLACK, WHITE)));
  root.setProperty("--accent-ink-light", css(shift(accent, BLACK, LIGHT_SURFACE)));
  root.setProperty("--accent-ink-dark", css(shift(accent, WHITE, DARK_SURFACE)));
}

function parse(hex) {
  const match = /^#([0-9a-f]{6})$/i.exec(hex ?? "");
  return match && [0, 2, 4].map((at) => Number.parseInt(match[1].slice(at, at + 2), 16));
}

/** Mix `colour` towards `pole` in small steps until it stands out from `surface`. */
function shift(colour, pole, surface) {
  for (let step = 0; step <= 20; step += 1) {
    const mixed = colour.map((part, at) => Math.round(part + ((pole[at] - part) * step) / 20));
    if (contrast(mixed, surface) >= AA) return mixed;
  }
  return pole;
}

function contrast(one, other) {
  const [bright, dim] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (bright + 0.05) / (dim + 0.05);
}

function luminance(colour) {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function css(colour) {
  return `rgb(${colour.join(" ")})`;
}
