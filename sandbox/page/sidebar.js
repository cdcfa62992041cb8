// The list of channels and the app, with marks for what is unread; and the choice of who one is.

import { h, icon, keyed } from "./dom.js";
import { avatar } from "./people.js";

const FEW = 4; // people that still fit side by side

function row({ key, current, unread = 0, mark, words, label, go }) {
  return {
    key,
    print: JSON.stringify([current, unread, words]),
    build: () => h("li", {}, h("button", {
      type: "button",
      class: `place${unread ? " unread" : ""}`,
      "aria-current": current ? "page" : null,
      "aria-label": unread ? `${label}, ${unread} unread` : label,
      "data-focus": `place/${key}`,
      onclick: go,
    }, mark(), h("span", { class: "place-name" }, words), unread > 0 && h("span", { class: "count-badge", "aria-hidden": "true" }, String(unread)))),
  };
}

function section(container, id, title, rows) {
  let list = container.querySelector(`#${id}`);
  if (!list) {
    list = h("ul", { id, class: "places", "aria-labelledby": `${id}-title` });
    container.append(h("section", {}, h("h2", { id: `${id}-title` }, title), list));
  }
  list.parentElement.hidden = rows.length === 0;
  keyed(list, rows);
}

/** Draw the sidebar. `unread(channel)` counts; `go(at)` walks there. */
export function drawSidebar(container, { state, directory, at, unread, go }) {
  const channels = state.channels.filter((channel) => !channel.is_im);
  const directs = state.channels.filter((channel) => channel.is_im);
  const app = directory.app();
  const appName = app?.name ?? "App";
  const channelRow = (channel, mark, words, label) =>
    row({ key: channel.id, current: at === channel.id, unread: unread(channel), mark, words, label, go: () => go(channel.id) });
  section(container, "channels", "Channels", channels.map((channel) =>
    channelRow(channel, () => icon(channel.is_private ? "lock" : "hash"), channel.name, channel.name)));
  section(container, "directs", "Direct messages", directs.map((channel) =>
    channelRow(channel, () => avatar(app?.id ?? "?", appName, { app: true, small: true }), appName, `${appName}, direct message`)));
  section(container, "apps", "Apps", app ? [row({
    key: "home",
    current: at === "home",
    mark: () => avatar(app.id, appName, { app: true, small: true }),
    words: `${appName} Home`,
    label: `${appName} Home`,
    go: () => go("home"),
  })] : []);
}

/** Draw the choice of who acts in this tab; `choose(id)` changes it. */
export function drawPersona(container, { directory, me, choose }) {
  const people = directory.persons();
  const print = JSON.stringify([people.map((person) => [person.id, person.name, person.title]), me]);
  if (container.print === print) return;
  container.print = print;
  const focused = container.contains(document.activeElement) && document.activeElement.tagName;
  const few = people.length <= FEW;
  const select = h("select", { class: "field field-select persona-select", "aria-label": "Act as", onchange: (event) => choose(event.target.value) },
    people.map((person) => {
      const option = h("option", { value: person.id }, person.title ? `${person.name} · ${person.title}` : person.name);
      option.selected = person.id === me;
      return option;
    }));
  const segments = few && h("fieldset", { class: "segments" }, h("legend", {}, "Act as"), people.map((person) => {
    const input = h("input", { type: "radio", name: "persona", value: person.id, onchange: () => choose(person.id) });
    input.checked = person.id === me;
    return h("label", { class: "segment" }, input, avatar(person.id, person.name, { small: true }),
      h("span", { class: "segment-words" }, h("span", {}, person.name), person.title && h("small", {}, person.title)));
  }));
  container.classList.toggle("persona-few", few);
  container.replaceChildren(...[segments, select].filter(Boolean));
  if (focused === "SELECT") select.focus();
  else if (focused === "INPUT") container.querySelector("input:checked")?.focus();
}
