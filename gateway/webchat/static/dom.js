/** Builds elements. Data only ever becomes text or a plain attribute here, never markup. */

const SVG = "http://www.w3.org/2000/svg";

/** Make a `tag` with attributes (`null` and `false` leave one out; functions named `onclick` listen) and children. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Make the icon `name` of the page's sprite; it says nothing to screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** The element with this id. */
export function byId(id) {
  return document.getElementById(id);
}

/** Text that only screen readers get. */
export function unseen(text) {
  return el("span", { class: "unseen" }, text);
}
