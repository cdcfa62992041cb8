// The box people write in: plain text or a slash command.

import { h, icon } from "./dom.js";

const unsent = new Map(); // by person and place, so that a half-written line survives a walk elsewhere

/**
 * A composer. `key` names the place; `commands` are offered while a slash command is begun; `send(text)` resolves to
 * whether the text went out (then the box is emptied).
 */
export function composer({ key, label, placeholder, button, commands = [], send }) {
  const fit = () => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  };
  const put = (text) => {
    area.value = text;
    unsent.set(key, text);
    fit();
    offer();
  };
  const offer = () => {
    const begun = /^\/\S*$/.test(area.value) ? commands.filter((command) => command.startsWith(area.value)) : [];
    const fresh = begun.filter((command) => command !== area.value);
    offers.replaceChildren(...fresh.map((command) =>
      h("button", { type: "button", class: "offer", onclick: () => { put(`${command} `); area.focus(); } }, command)));
    offers.hidden = fresh.length === 0;
  };
  const submit = async () => {
    const text = area.value.trim();
    if (!text) return;
    const kept = area.value;
    put("");
    if (!(await send(text)) && area.value === "") put(kept);
  };
  const area = h("textarea", {
    class: "composer-text",
    rows: 1,
    "aria-label": label,
    placeholder,
    "data-focus": `composer/${key}`,
    value: unsent.get(key) ?? "",
    oninput: () => put(area.value),
    onkeydown: (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        submit();
      } else if (event.key === "Tab" && !event.shiftKey && !offers.hidden) {
        event.preventDefault();
        put(`${offers.firstElementChild.textContent} `);
      }
    },
  });
  const offers = h("div", { class: "offers", role: "group", "aria-label": "Commands", hidden: true });
  const onsubmit = (event) => {
    event.preventDefault();
    submit();
  };
  return h("form", { class: "composer", onsubmit }, offers,
    h("div", { class: "composer-box" }, area,
      h("button", { type: "submit", class: "icon-button send", "aria-label": button }, icon("send"))));
}
