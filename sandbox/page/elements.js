// Elements inside blocks: buttons, overflow menus, pictures, and the frame around those that hold a value.

import { checkboxes, menu, radio, several } from "./choices.js";
import { h, icon } from "./dom.js";
import { day, moment, time, typed } from "./fields.js";

let serial = 0;
const freshId = () => `e${(serial += 1)}`;

const HOLDERS = {
  plain_text_input: typed,
  number_input: typed,
  email_text_input: typed,
  url_text_input: typed,
  static_select: menu,
  users_select: menu,
  conversations_select: menu,
  channels_select: menu,
  multi_static_select: several,
  multi_users_select: several,
  radio_buttons: radio,
  checkboxes,
  datepicker: day,
  timepicker: time,
  datetimepicker: moment,
};

const GROUPS = new Set(["radio_buttons", "checkboxes"]);

/** Whether a <label for> can name the element, or only aria-labelledby on a group. */
export const isLabelable = (element) => !GROUPS.has(element.type);

/**
 * An element that holds a value. `frame` says how it is named ({id, label, labelledBy, describedBy, invalid,
 * required}) and whether a change is sent at once (`dispatches`).
 */
export function holder(block, element, surface, frame) {
  const box = h("div", { class: `control control-${element.type}` });
  const redraw = () => {
    const active = box.contains(document.activeElement);
    box.replaceChildren(HOLDERS[element.type](element, field));
    if (active) box.querySelector("[data-focus]")?.focus();
  };
  const field = {
    id: freshId(),
    ...frame,
    surface,
    focus: surface.focusName(block, element),
    held: () => surface.held(block, element),
    hold: (content) => {
      surface.hold(block, element, content);
      frame.onchange?.();
    },
    dispatch: (content) => surface.press(block, element, content, box),
    redraw,
    async offer(content) {
      const before = field.held();
      field.hold(content);
      if (!field.dispatches || (await field.dispatch(content))) return;
      const { type: _type, ...rest } = before;
      field.hold(rest);
      redraw();
    },
  };
  redraw();
  return box;
}

function button(block, element, surface) {
  const style = { primary: " primary", danger: " danger" }[element.style] ?? "";
  const node = h("button", {
    type: "button",
    class: `button${style}`,
    "aria-label": element.accessibility_label,
    "data-focus": surface.focusName(block, element),
    onclick: () => {
      if (node.getAttribute("aria-busy")) return;
      if (element.url && /^https?:/i.test(element.url)) window.open(element.url, "_blank", "noopener,noreferrer");
      surface.press(block, element, element.value === undefined ? {} : { value: element.value }, node);
    },
  }, surface.words(element.text));
  return node;
}

function overflow(block, element, surface) {
  const id = freshId();
  const items = element.options.map((option) => h("button", {
    type: "button",
    role: "menuitem",
    tabindex: "-1",
    onclick: () => {
      list.hidePopover();
      opener.focus();
      if (option.url && /^https?:/i.test(option.url)) window.open(option.url, "_blank", "noopener,noreferrer");
      surface.press(block, element, { selected_option: { text: option.text, value: option.value } }, opener);
    },
  }, surface.flat(option.text), option.description && h("small", {}, surface.flat(option.description))));
  const list = h("div", { id, class: "menu", role: "menu", popover: "auto", "aria-label": "More actions", onkeydown: walk });
  list.append(...items);
  const opener = h("button", {
    type: "button",
    class: "button button-more",
    "aria-label": "More actions",
    "aria-haspopup": "menu",
    "aria-expanded": "false",
    popovertarget: id,
    "data-focus": surface.focusName(block, element),
  }, icon("more"));
  list.addEventListener("toggle", (event) => {
    const open = event.newState === "open";
    opener.setAttribute("aria-expanded", String(open));
    if (!open) return;
    dock(list, opener);
    items[0].focus();
  });
  return h("span", { class: "overflow" }, opener, list);
}

function walk(event) {
  const items = [...event.currentTarget.children];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === "Tab") event.currentTarget.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  items.at(to % items.length).focus();
}

function dock(list, opener) {
  const edge = opener.getBoundingClientRect();
  const below = edge.bottom + 4;
  const fits = below + list.offsetHeight < window.innerHeight;
  list.style.top = `${fits ? below : Math.max(4, edge.top - 4 - list.offsetHeight)}px`;
  list.style.left = `${Math.max(4, Math.min(edge.left, window.innerWidth - list.offsetWidth - 8))}px`;
}

/** A picture, if it lies on this machine: the page asks nothing of other hosts. Else its words and address. */
export function picture(element, { small = false } = {}) {
  const url = element.image_url ?? "";
  const local = /^data:image\//i.test(url) || (URL.canParse(url) && ["127.0.0.1", "localhost"].includes(new URL(url).hostname));
  if (local) return h("img", { src: url, alt: element.alt_text, loading: "lazy", class: small ? "image-small" : "image" });
  if (small) return h("span", { class: "image-away-small", role: "img", "aria-label": element.alt_text, title: element.alt_text });
  return h("span", { class: "image-away" }, element.alt_text, url && h("small", {}, url));
}

/** Any element of an actions block or an accessory; `label` names those that have no words of their own. */
export function interactive(block, element, surface, label) {
  if (element.type === "button") return button(block, element, surface);
  if (element.type === "overflow") return overflow(block, element, surface);
  if (element.type === "image") return picture(element);
  if (HOLDERS[element.type]) {
    const name = element.placeholder ? surface.words(element.placeholder) : label;
    return holder(block, element, surface, { label: name, dispatches: true });
  }
  return h("span", { class: "unknown" }, `This page cannot show “${element.type}”.`);
}

/** Whether `holder` knows the element. */
export const isKnownHolder = (element) => Boolean(HOLDERS[element.type]);
export { freshId };
