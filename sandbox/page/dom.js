// Building and reconciling DOM nodes. Text always becomes a text node: nothing here parses HTML.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  menu: "M3 5h14M3 10h14M3 15h14",
  close: "M5 5l10 10M15 5L5 15",
  back: "M12 4l-6 6 6 6",
  hash: "M8 3L6.5 17M13.5 3L12 17M3.5 7.5h13.5M3 12.5h13.5",
  lock: "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  home: "M3 9.5L10 4l7 5.5V16.5H3zM8 16.5v-5h4v5",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  send: "M4 10l12-6-4 12-3-5zM9 11l7-7",
  eye: "M2 10c2-4 5-6 8-6s6 2 8 6c-2 4-5 6-8 6s-6-2-8-6zM10 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  reply: "M3 5h14v9H9l-4 3v-3H3z",
};

/** A drawn line icon, hidden from assistive technology; the control around it carries the name. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** An element. `null`, `undefined` and `false` attributes are left out; functions become listeners (`onclick`). */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child);
  }
}

/**
 * Make `container` hold exactly `entries` ({key, print, build}), in order. A child whose print is unchanged keeps
 * its node, and with it focus and typed text; in one that must be rebuilt, the focused control is found again.
 */
export function keyed(container, entries) {
  const old = new Map([...container.children].map((node) => [node.dataset.key, node]));
  let place = container.firstElementChild;
  for (const { key, print, build } of entries) {
    let node = old.get(key);
    old.delete(key);
    if (!node || node.print !== print) {
      const fresh = build();
      fresh.dataset.key = key;
      fresh.print = print;
      if (node) {
        if (place === node) place = fresh;
        replaceKeepingFocus(node, fresh);
      }
      node = fresh;
    }
    if (node === place) place = place.nextElementSibling;
    else container.insertBefore(node, place);
  }
  for (const node of old.values()) node.remove();
}

/** Replace `old` by `fresh`, carrying over focus, caret and scroll of the control with the same `data-focus`. */
export function replaceKeepingFocus(old, fresh) {
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  const name = active?.closest("[data-focus]")?.dataset.focus;
  const caret = active && "selectionStart" in active ? [active.selectionStart, active.selectionEnd] : null;
  const scrolled = [...old.querySelectorAll("[data-scroll]")].map((node) => [node.dataset.scroll, node.scrollTop]);
  old.replaceWith(fresh);
  for (const [key, top] of scrolled) {
    const node = fresh.querySelector(`[data-scroll="${CSS.escape(key)}"]`);
    if (node) node.scrollTop = top;
  }
  if (!active) return;
  const again = name && fresh.querySelector(`[data-focus="${CSS.escape(name)}"]`);
  if (!again) {
    fresh.focus({ preventScroll: true });
    return;
  }
  again.focus({ preventScroll: true });
  // Types such as number and date have no caret to set and throw.
  if (caret && caret[0] !== null && "setSelectionRange" in again) again.setSelectionRange(...caret);
}
