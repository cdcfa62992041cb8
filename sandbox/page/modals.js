// The modal a person has open: the top of their stack of views, with what they typed kept across every update.

import { blocks } from "./blocks.js";
import { h, icon, replaceKeepingFocus } from "./dom.js";
import { Surface } from "./surface.js";
import { rehome } from "./toasts.js";

const dialog = document.getElementById("modal");
const faults = new Map(); // view id → {block id: sentence}, until the field is mended
const troubles = new Map(); // view id → what went wrong with the last submission as a whole
const busy = new Set(); // ids of views on their way

let shown = null; // {id, print}
let latest = null; // {stack, view}

/** Show the top of `stack`, or close when it is empty. `view` carries the person, the drafts and the verbs. */
export function showModals(stack, view) {
  latest = { stack, view };
  const living = new Set(stack.map((each) => keyOf(each, view)));
  view.drafts.forget(`${view.me}/modal/`, living);
  for (const kept of [faults, troubles, busy]) {
    for (const id of kept.keys()) if (!stack.some((each) => each.id === id)) kept.delete(id);
  }
  const top = stack.at(-1);
  if (!top) {
    shown = null;
    if (dialog.open) dialog.close();
    rehome();
    return;
  }
  draw(top, stack.length > 1, view);
}

/** Say in an open modal that something went wrong with it. */
export function trouble(id, sentence) {
  troubles.set(id, sentence);
}

const keyOf = (modal, view) => `${view.me}/modal/${modal.id}`;
const redraw = () => showModals(latest.stack, latest.view);

function draw(modal, deep, view) {
  const told = modal.errors && Object.keys(modal.errors).length ? modal.errors : null;
  if (told && !busy.has(modal.id) && !faults.has(modal.id)) faults.set(modal.id, { ...told });
  const { state: _state, errors: _errors, hash: _hash, ...rest } = modal;
  const print = JSON.stringify([rest, deep, faults.get(modal.id), troubles.get(modal.id), busy.has(modal.id), view.print]);
  if (shown?.print === print) return;
  const same = shown?.id === modal.id;
  shown = { id: modal.id, print };
  const form = frame(modal, deep, view);
  const old = dialog.querySelector("form");
  if (old && same) replaceKeepingFocus(old, form);
  else if (old) old.replaceWith(form);
  else dialog.prepend(form);
  dialog.setAttribute("aria-busy", String(busy.has(modal.id)));
  if (!dialog.open) dialog.showModal();
  rehome();
  if (!same) settle(form);
}

/** Put the focus where a person would begin. */
function settle(form) {
  const wanted = form.querySelector("[data-autofocus]") ?? form.querySelector(".modal-body :is(input, textarea, select)");
  (wanted ?? form.querySelector(".modal-foot .solid") ?? form.querySelector("button"))?.focus({ preventScroll: true });
}

function frame(modal, deep, view) {
  const surface = new Surface({
    key: keyOf(modal, view),
    where: "modal",
    blocks: modal.blocks,
    directory: view.directory,
    drafts: view.drafts,
    known: modal.state.values,
    errors: faults.get(modal.id) ?? {},
    send: (click) => {
      troubles.delete(modal.id);
      return view.click({ where: "modal", id: modal.id, ...click });
    },
  });
  const sending = busy.has(modal.id);
  const close = modal.close ? surface.words(modal.close) : modal.submit ? "Cancel" : "Close";
  const told = troubles.get(modal.id);
  const onsubmit = (event) => {
    event.preventDefault();
    if (modal.submit && !sending) submit(modal, surface, view);
  };
  return h("form", { class: "modal-form", novalidate: true, onsubmit, tabindex: "-1" },
    h("header", { class: "modal-head" },
      deep && h("button", { type: "button", class: "icon-button", "aria-label": "Previous view", onclick: () => view.closeModal() }, icon("back")),
      h("h2", { id: "modal-title" }, surface.words(modal.title)),
      h("button", { type: "button", class: "icon-button", "aria-label": "Dismiss dialog", onclick: () => view.closeModals() }, icon("close"))),
    told && h("p", { class: "trouble", role: "alert" }, told),
    h("div", { class: "modal-body", "data-scroll": "body" }, blocks(surface)),
    h("footer", { class: "modal-foot" },
      h("button", { type: "button", class: "button", "data-focus": "close", onclick: () => view.closeModal() }, close),
      modal.submit && h("button", {
        type: "submit",
        class: "button primary solid",
        disabled: Boolean(modal.submit_disabled),
        "aria-busy": sending ? "true" : null,
        "data-focus": "submit",
      }, surface.words(modal.submit))));
}

async function submit(modal, surface, view) {
  troubles.delete(modal.id);
  faults.delete(modal.id);
  busy.add(modal.id);
  redraw();
  const answer = await view.submitModal(surface.state());
  busy.delete(modal.id);
  const stays = latest.stack.some((each) => each.id === modal.id);
  if (!stays) return;
  if (answer.errors && Object.keys(answer.errors).length) refuse(modal.id, answer.errors);
  else {
    if (answer.refused) troubles.set(modal.id, answer.error);
    redraw();
  }
}

function refuse(id, sentences) {
  faults.set(id, { ...sentences });
  redraw();
  const field = dialog.querySelector(".input-wrong :is(input, textarea, select)");
  field?.focus();
  dialog.querySelector(".input-wrong")?.scrollIntoView({ block: "nearest" });
}

dialog.addEventListener("cancel", (event) => {
  event.preventDefault();
  latest?.view.closeModal();
});
