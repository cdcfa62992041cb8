// One place that shows blocks (a message, an ephemeral, a view): what its elements hold, and how a click leaves it.

import { confirmed } from "./confirm.js";
import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";
import { decoded } from "./text.js";
import { initialValue, stateOf } from "./values.js";

/** What people typed and chose and have not sent, by surface; it outlives every re-render. */
export class Drafts {
  #kept = new Map();

  of(key) {
    if (!this.#kept.has(key)) this.#kept.set(key, new Map());
    return this.#kept.get(key);
  }

  /** Forget the surfaces whose key starts with `prefix` and is not in `living`. */
  forget(prefix, living) {
    for (const key of this.#kept.keys()) if (key.startsWith(prefix) && !living.has(key)) this.#kept.delete(key);
  }
}

const cell = (blockId, actionId) => JSON.stringify([blockId, actionId]);

export class Surface {
  /**
   * `key` names the surface among drafts; `known` is the state the workspace has for it ({block: {action: value}});
   * `errors` maps block ids to sentences; `send(click)` carries a click out and resolves to {ok, error}.
   */
  constructor({ key, where, blocks, directory, drafts, send, known = {}, errors = {} }) {
    Object.assign(this, { key, where, blocks, directory, send, known, errors });
    this.draft = drafts.of(key);
  }

  /** The value an element holds: typed here, else known to the workspace, else its initial one. */
  held = (block, element) =>
    this.draft.get(cell(block.block_id, element.action_id))
    ?? this.known[block.block_id]?.[element.action_id]
    ?? initialValue(element);

  hold(block, element, content) {
    this.draft.set(cell(block.block_id, element.action_id), { type: element.type, ...content });
    delete this.errors[block.block_id];
  }

  state() {
    return stateOf(this.blocks, this.held);
  }

  focusName(block, element, part = "") {
    return [this.key, block.block_id, element.action_id ?? "", part].join("/");
  }

  /** Carry out one interaction; asks first where the element says so. False when the person thought better of it. */
  async press(block, element, answer, node) {
    if (element.confirm && !(await confirmed(element.confirm, this))) return false;
    node?.setAttribute("aria-busy", "true");
    const click = { block_id: block.block_id, action_id: element.action_id, ...answer, state: this.state() };
    await this.send(click).finally(() => node?.removeAttribute("aria-busy"));
    return true;
  }

  /** A text object as nodes. */
  text(object) {
    if (object.type === "mrkdwn") return mrkdwn(object.text, this.directory, object);
    return [this.words(object)];
  }

  /** A plain_text object as a string, for names of controls; `emoji: false` keeps `:names:` as they are. */
  words(object) {
    const text = decoded(object.text);
    return object.emoji === false ? text : withEmoji(text);
  }

  /** A text object as one string, for options of a native select. */
  flat(object) {
    return object.type === "mrkdwn" ? h("span", {}, this.text(object)).textContent : this.words(object);
  }
}
