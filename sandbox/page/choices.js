// Elements people choose from: menus, several-of menus, radio buttons, checkboxes, and menus of people and channels.

import { h } from "./dom.js";
import { content } from "./values.js";

const shared = (field) => ({
  id: field.id,
  "aria-label": field.label,
  "aria-describedby": field.describedBy,
  "aria-invalid": field.invalid ? "true" : null,
  "aria-required": field.required ? "true" : null,
  "data-focus": field.focus,
});

/** A menu's entries as [{label, entries: [{value, words, hint, answer}]}]; `answer` is what is sent. */
function offered(element, { surface }) {
  if (element.options || element.option_groups) {
    const groups = element.option_groups ?? [{ label: null, options: element.options }];
    return groups.map(({ label, options }) => ({
      label: label && surface.words(label),
      entries: options.map((option) => ({
        value: option.value,
        words: surface.flat(option.text),
        hint: option.description ? surface.flat(option.description) : null,
        answer: { text: option.text, value: option.value },
      })),
    }));
  }
  const { directory } = surface;
  const entry = (id, words) => ({ value: id, words, hint: null, answer: id });
  if (element.type.includes("users")) {
    return [{ label: null, entries: directory.persons().map((user) => entry(user.id, user.name)) }];
  }
  const include = element.filter?.include;
  const channels = [...directory.channels.values()].filter((channel) => {
    if (channel.is_im) return include?.includes("im") ?? false;
    return include ? include.includes(channel.is_private ? "private" : "public") : true;
  });
  const entries = channels.map((channel) => entry(channel.id, channel.is_im ? "Direct message" : `#${channel.name}`));
  return [{ label: null, entries }];
}

const ONE = {
  static_select: "selected_option",
  users_select: "selected_user",
  conversations_select: "selected_conversation",
  channels_select: "selected_channel",
};
const SEVERAL = {
  multi_static_select: "selected_options",
  multi_users_select: "selected_users",
};
const valueOf = (answer) => answer?.value ?? answer;

function options(groups, chosen) {
  return groups.map(({ label, entries }) => {
    const nodes = entries.map((entry) => {
      const node = h("option", { value: entry.value }, entry.words);
      node.selected = entry.value === chosen;
      return node;
    });
    return label ? h("optgroup", { label }, nodes) : nodes;
  });
}

/** static_select, users_select, conversations_select, channels_select. */
export function menu(element, field) {
  const groups = offered(element, field);
  const entries = groups.flatMap((group) => group.entries);
  const chosen = valueOf(content(field.held())) ?? "";
  const placeholder = element.placeholder ? field.surface.words(element.placeholder) : "Choose an option";
  const hint = h("p", { class: "choice-hint" }, entries.find((entry) => entry.value === chosen)?.hint);
  const select = h("select", {
    ...shared(field),
    class: "field field-select",
    "data-autofocus": element.focus_on_load ? "true" : null,
    onchange: () => {
      const entry = entries.find((each) => each.value === select.value);
      hint.replaceChildren(entry?.hint ?? "");
      field.offer({ [ONE[element.type]]: entry?.answer ?? null });
    },
  });
  const none = h("option", { value: "" }, placeholder);
  none.selected = chosen === "";
  // Once chosen, a menu outside an optional field cannot be emptied, as in Slack.
  none.disabled = field.required || field.dispatches;
  select.append(none, ...options(groups, chosen).flat());
  return hint.textContent || entries.some((entry) => entry.hint) ? h("div", { class: "hinted" }, select, hint) : select;
}

/** multi_static_select and its kin: chips of what is chosen, and a menu of what may be added. */
export function several(element, field) {
  const entries = offered(element, field).flatMap((group) => group.entries);
  const chosen = content(field.held()) ?? [];
  const values = chosen.map(valueOf);
  const full = element.max_selected_items && values.length >= element.max_selected_items;
  const choose = (next) => {
    const answers = next.map((value) => entries.find((entry) => entry.value === value)?.answer ?? value);
    field.offer({ [SEVERAL[element.type]]: answers });
    field.redraw();
  };
  const chips = values.map((value) => {
    const words = entries.find((entry) => entry.value === value)?.words ?? value;
    const remove = h("button", {
      type: "button",
      class: "chip-remove",
      "aria-label": `Remove ${words}`,
      onclick: () => choose(values.filter((each) => each !== value)),
    }, "×");
    return h("li", { class: "chip" }, words, remove);
  });
  const rest = entries.filter((entry) => !values.includes(entry.value));
  const words = full ? `At most ${element.max_selected_items}` : values.length ? "Add another" : placeholderOf(element, field);
  const select = h("select", {
    ...shared(field),
    class: "field field-select",
    disabled: full || rest.length === 0,
    onchange: () => choose([...values, select.value]),
  }, h("option", { value: "" }, words), rest.map((entry) => h("option", { value: entry.value }, entry.words)));
  return h("div", { class: "several" }, chips.length > 0 && h("ul", { class: "chips" }, chips), select);
}

const placeholderOf = (element, field) =>
  element.placeholder ? field.surface.words(element.placeholder) : "Choose options";

function rows(element, field, type, isChosen, onchange) {
  return element.options.map((option, index) => {
    const id = `${field.id}-${index}`;
    const input = h("input", {
      type,
      id,
      name: field.id,
      value: option.value,
      "aria-describedby": option.description ? `${id}-about` : null,
      "data-focus": `${field.focus}${option.value}`,
      "data-autofocus": element.focus_on_load && index === 0 ? "true" : null,
      onchange: () => onchange(option, input),
    });
    input.checked = isChosen(option.value);
    return h("div", { class: "choice" }, input, h("div", {},
      h("label", { for: id }, field.surface.text(option.text)),
      option.description && h("p", { id: `${id}-about`, class: "choice-hint" }, field.surface.text(option.description))));
  });
}

const group = (role, field, children) => h("div", {
  role,
  class: "choices",
  "aria-label": field.labelledBy ? null : field.label,
  "aria-labelledby": field.labelledBy,
  "aria-describedby": field.describedBy,
  "aria-invalid": field.invalid && role === "radiogroup" ? "true" : null,
  "aria-required": field.required && role === "radiogroup" ? "true" : null,
}, children);

const bare = (option) => ({ text: option.text, value: option.value });

export function radio(element, field) {
  const chosen = content(field.held())?.value;
  return group("radiogroup", field, rows(element, field, "radio", (value) => value === chosen,
    (option) => field.offer({ selected_option: bare(option) })));
}

export function checkboxes(element, field) {
  const now = () => content(field.held()) ?? [];
  const has = (value) => now().some((option) => option.value === value);
  return group("group", field, rows(element, field, "checkbox", has, (option, input) => {
    const kept = new Set(now().map((each) => each.value).filter((value) => value !== option.value));
    if (input.checked) kept.add(option.value);
    field.offer({ selected_options: element.options.filter((each) => kept.has(each.value)).map(bare) });
  }));
}
