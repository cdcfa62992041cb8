// What elements hold: initial values, and the state of a view in Slack's shapes.

const option = (chosen) => (chosen ? { text: chosen.text, value: chosen.value } : null);
const text = (element) => ({ value: element.initial_value ?? null });

const INITIAL = {
  plain_text_input: text,
  number_input: text,
  email_text_input: text,
  url_text_input: text,
  static_select: (e) => ({ selected_option: option(e.initial_option) }),
  radio_buttons: (e) => ({ selected_option: option(e.initial_option) }),
  multi_static_select: (e) => ({ selected_options: (e.initial_options ?? []).map(option) }),
  checkboxes: (e) => ({ selected_options: (e.initial_options ?? []).map(option) }),
  datepicker: (e) => ({ selected_date: e.initial_date ?? null }),
  timepicker: (e) => ({ selected_time: e.initial_time ?? null }),
  datetimepicker: (e) => ({ selected_date_time: e.initial_date_time ?? null }),
  users_select: (e) => ({ selected_user: e.initial_user ?? null }),
  conversations_select: (e) => ({ selected_conversation: e.initial_conversation ?? null }),
  channels_select: (e) => ({ selected_channel: e.initial_channel ?? null }),
  multi_users_select: (e) => ({ selected_users: e.initial_users ?? [] }),
};

/** Whether an element holds a value (buttons and menus do not). */
export const holdsValue = (element) => Boolean(element && INITIAL[element.type]);

export const initialValue = (element) => ({ type: element.type, ...INITIAL[element.type](element) });

/** The one thing in a value: the text, the chosen option(s), the day … */
export function content(value) {
  const { type: _type, timezone: _timezone, ...rest } = value;
  return Object.values(rest)[0] ?? null;
}

/** Every [block, element] of `blocks` that holds a value. */
export function holders(blocks) {
  return blocks.flatMap((block) => {
    const elements = [block.element, block.accessory, ...(block.type === "actions" ? block.elements : [])];
    return elements.filter(holdsValue).map((element) => [block, element]);
  });
}

/** The values of `blocks`, as view_submission carries them; `held(block, element)` says what each holds now. */
export function stateOf(blocks, held) {
  const state = {};
  for (const [block, element] of holders(blocks)) {
    state[block.block_id] ??= {};
    state[block.block_id][element.action_id] = held(block, element);
  }
  return state;
}
