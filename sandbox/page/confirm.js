// The "are you sure" dialog an element may carry.

import { h } from "./dom.js";

/** Ask; resolves to whether the person confirmed. Esc and the cross are a no. */
export function confirmed(question, surface) {
  const dialog = document.getElementById("confirm");
  return new Promise((resolve) => {
    const answer = (yes) => {
      dialog.close();
      resolve(yes);
    };
    const style = question.style === "danger" ? "button danger solid" : "button primary solid";
    dialog.replaceChildren(h("form", { onsubmit: (event) => { event.preventDefault(); answer(true); } },
      h("header", { class: "modal-head" }, h("h2", { id: "confirm-title" }, surface.words(question.title))),
      h("div", { class: "modal-body", id: "confirm-text" }, surface.text(question.text)),
      h("footer", { class: "modal-foot" },
        h("button", { type: "button", class: "button", onclick: () => answer(false) }, surface.words(question.deny)),
        h("button", { type: "submit", class: style, autofocus: true }, surface.words(question.confirm)))));
    dialog.oncancel = (event) => {
      event.preventDefault();
      answer(false);
    };
    dialog.showModal();
  });
}
