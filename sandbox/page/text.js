// Leaves of all text: entities decoded once, emoji names, links that may be followed, mentions.

import { slackDate } from "./dates.js";
import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/** Slack's three entities, once: `&amp;lt;` is shown as `&lt;`. */
export const decoded = (text) => text.replace(/&(amp|lt|gt);/g, (entity) => ENTITIES[entity]);

/** A link for http, https, mailto and tel; for any other scheme just its words. */
export function link(url, label) {
  const words = label || url.replace(/^(mailto|tel):/, "");
  if (!/^(https?|mailto|tel):/i.test(url)) return document.createTextNode(words);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, words);
}

/** `@name`, marked when it is the person who looks. */
export function mention(id, directory) {
  const mine = id === directory.me;
  return h("span", { class: mine ? "mention mention-me" : "mention", "data-user": id }, `@${directory.name(id)}`);
}

export function channelMention(id, directory, label) {
  return h("span", { class: "mention" }, `#${directory.channelName(id) ?? label ?? id}`);
}

export function groupMention(id, directory, label) {
  const name = directory.groupName(id) ?? label?.replace(/^@/, "") ?? id;
  return h("span", { class: "mention" }, `@${name}`);
}

export const broadcast = (range) => h("span", { class: "mention mention-me" }, `@${range}`);

/** What `<…>` in mrkdwn stands for; null where it is none of Slack's sequences. */
export function sequence(inner, directory) {
  const [target, ...rest] = inner.split("|");
  const label = rest.length ? decoded(rest.join("|")) : null;
  if (/^@[UW][A-Z0-9]+$/.test(target)) return mention(target.slice(1), directory);
  if (/^#[CGD][A-Z0-9]+$/.test(target)) return channelMention(target.slice(1), directory, label);
  if (/^!subteam\^S[A-Z0-9]+$/.test(target)) return groupMention(target.slice("!subteam^".length), directory, label);
  if (/^!(here|channel|everyone)$/.test(target)) return broadcast(target.slice(1));
  if (target.startsWith("!date^")) return dateSequence(target, label);
  if (/^(https?:\/\/|mailto:|tel:)/i.test(target)) return link(decoded(target), label && withEmoji(label));
  return null;
}

function dateSequence(target, fallback) {
  const [, stamp, pattern, url] = target.split("^");
  if (!/^\d+$/.test(stamp) || !pattern) return document.createTextNode(fallback ?? target);
  const time = slackDate(Number(stamp), decoded(pattern), fallback ?? "");
  if (!url) return time;
  const wrapped = link(decoded(url), " ");
  if (wrapped instanceof Text) return time;
  wrapped.replaceChildren(time);
  return wrapped;
}
