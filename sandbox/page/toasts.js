// Short notices in the corner; above an open dialog, too.

import { h, icon } from "./dom.js";

const box = document.getElementById("toasts");
const LINGER = 9000; // ms
const AGAIN = 4000; // ms within which the same words are the same notice

const recent = new Map();

/** What is outside an open modal dialog can neither be clicked nor heard, so the notices move into it. */
export function rehome() {
  const open = [...document.querySelectorAll("dialog[open]")];
  const host = open.at(-1) ?? document.body;
  if (box.parentElement !== host) host.append(box);
}

export function toast(text, { kind = "warning" } = {}) {
  const now = Date.now();
  if (now - (recent.get(text) ?? 0) < AGAIN) return;
  recent.set(text, now);
  rehome();
  const gone = () => node.remove();
  const node = h("div", { class: `toast toast-${kind}` },
    h("p", {}, text),
    h("button", { type: "button", class: "icon-button", "aria-label": "Dismiss notice", onclick: gone }, icon("close")));
  box.append(node);
  let timer = setTimeout(gone, LINGER);
  node.addEventListener("pointerenter", () => clearTimeout(timer));
  node.addEventListener("pointerleave", () => { timer = setTimeout(gone, LINGER); });
}
