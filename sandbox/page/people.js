// Who and what the ids in messages stand for, and the small pictures beside names.

import { h } from "./dom.js";

const HUES = 8;

function hue(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return sum % HUES;
}

function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...word][0]).join("").toUpperCase() || "?";
}

/** The people, channels and groups of one state of the workspace. */
export class Directory {
  constructor(state) {
    this.users = new Map((state.users ?? []).map((user) => [user.id, user]));
    this.channels = new Map((state.channels ?? []).map((channel) => [channel.id, channel]));
    this.groups = new Map((state.groups ?? []).map((group) => [group.id, group]));
    this.me = state.me?.id ?? state.me;
  }

  /** A user's display name; the id where nobody has it, as Slack shows it. */
  name(id) {
    return this.users.get(id)?.name ?? id;
  }

  title(id) {
    return this.users.get(id)?.title ?? "";
  }

  isApp(id) {
    return Boolean(this.users.get(id)?.is_bot);
  }

  channelName(id) {
    return this.channels.get(id)?.name ?? null;
  }

  groupName(id) {
    const group = this.groups.get(id);
    return group?.handle ?? group?.name ?? null;
  }

  persons() {
    return [...this.users.values()].filter((user) => !user.is_bot && !user.deleted);
  }

  app() {
    return [...this.users.values()].find((user) => user.is_bot) ?? null;
  }
}

/** A square with initials; decoration, for the name always stands beside it. */
export function avatar(id, name, { app = false, small = false } = {}) {
  const classes = ["avatar", app ? "avatar-app" : `hue-${hue(id)}`, small && "avatar-small"].filter(Boolean);
  return h("span", { class: classes.join(" "), "aria-hidden": "true" }, initials(name));
}
