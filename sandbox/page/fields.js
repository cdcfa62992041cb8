// Elements people type into: text, numbers, addresses, days and times.

import { h } from "./dom.js";
import { content } from "./values.js";

const ENTER = "on_enter_pressed";
const EACH = "on_character_entered";
const PAUSE = 500; // ms of quiet after which a half-typed day or word counts as meant

function attributes(element, field) {
  return {
    id: field.id,
    "aria-label": field.label,
    "aria-describedby": field.describedBy,
    "aria-invalid": field.invalid ? "true" : null,
    "aria-required": field.required ? "true" : null,
    "data-focus": field.focus,
    "data-autofocus": element.focus_on_load ? "true" : null,
    placeholder: element.placeholder && field.surface.words(element.placeholder),
  };
}

/** plain_text_input, number_input, email_text_input, url_text_input. */
export function typed(element, field) {
  const kinds = { number_input: ["text", "decimal"], email_text_input: ["email", "email"], url_text_input: ["url", "url"] };
  const [type, inputmode] = kinds[element.type] ?? ["text", null];
  const when = element.dispatch_action_config?.trigger_actions_on ?? [ENTER];
  const value = () => ({ value: input.value === "" ? null : input.value });
  const count = element.max_length && element.multiline ? h("span", { class: "count", "aria-hidden": "true" }) : null;
  const tell = () => count && count.replaceChildren(`${element.max_length - [...input.value].length}`);
  const later = debounced(() => field.dispatch(value()));
  const common = {
    ...attributes(element, field),
    class: "field",
    autocomplete: "off",
    maxlength: element.max_length,
    value: content(field.held()) ?? "",
    oninput: () => {
      field.hold(value());
      tell();
      if (field.dispatches && when.includes(EACH)) later();
    },
  };
  const onEnter = (event) => {
    if (event.key !== "Enter" || event.isComposing || !field.dispatches || !when.includes(ENTER)) return;
    if (element.multiline && event.shiftKey) return;
    event.preventDefault();
    field.dispatch(value());
  };
  const input = element.multiline
    ? h("textarea", { ...common, rows: 4, onkeydown: onEnter })
    : h("input", { ...common, type, inputmode, onkeydown: onEnter });
  tell();
  return count ? h("div", { class: "counted" }, input, count) : input;
}

function debounced(act) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, PAUSE);
  };
}

function picker(type, element, field, toText, toContent) {
  const dispatch = debounced(() => field.dispatch(toContent(input.value)));
  const input = h("input", {
    ...attributes(element, field),
    type,
    class: "field field-short",
    value: toText(content(field.held())),
    onchange: () => {
      field.hold(toContent(input.value));
      if (field.dispatches) dispatch();
    },
  });
  return input;
}

const localText = (seconds) => {
  if (seconds === null) return "";
  const date = new Date(seconds * 1000);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
};

export const day = (element, field) =>
  picker("date", element, field, (held) => held ?? "", (text) => ({ selected_date: text || null }));

export const time = (element, field) =>
  picker("time", element, field, (held) => held ?? "", (text) => ({ selected_time: text || null }));

export const moment = (element, field) =>
  picker("datetime-local", element, field, localText, (text) => ({
    selected_date_time: text ? Math.floor(new Date(text).getTime() / 1000) : null,
  }));
