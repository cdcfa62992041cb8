// A `rich_text` block. Its text is literal: no emoji names, no markup, no entities are read in it.

import { slackDate } from "./dates.js";
import { h } from "./dom.js";
import { emojiElement } from "./emoji.js";
import { broadcast, channelMention, groupMention, link, mention } from "./text.js";

const STYLES = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"],
  ["highlight", "mark"], ["client_highlight", "mark"]];

const LEAVES = {
  text: ({ text }) => document.createTextNode(text),
  link: ({ url, text }) => link(url, text),
  emoji: (element) => document.createTextNode(emojiElement(element)),
  user: ({ user_id: id }, directory) => mention(id, directory),
  usergroup: ({ usergroup_id: id }, directory) => groupMention(id, directory),
  channel: ({ channel_id: id }, directory) => channelMention(id, directory),
  broadcast: ({ range }) => broadcast(range),
  date: ({ timestamp, format, url, fallback }) => {
    const time = slackDate(timestamp, format, fallback ?? "");
    const wrapped = url ? link(url, " ") : null;
    if (!(wrapped instanceof Element)) return time;
    wrapped.replaceChildren(time);
    return wrapped;
  },
  color: ({ value }) => {
    const chip = h("span", { class: "swatch", "aria-hidden": "true" });
    chip.style.backgroundColor = value;
    return h("code", {}, chip, value);
  },
  team: ({ team_id: id }) => document.createTextNode(id),
};

function leaf(element, directory) {
  let node = LEAVES[element.type]?.(element, directory) ?? document.createTextNode(element.text ?? `[${element.type}]`);
  for (const [style, tag] of STYLES) if (element.style?.[style]) node = h(tag, {}, node);
  return node;
}

const leaves = (elements, directory) => elements.map((element) => leaf(element, directory));

const PARTS = {
  rich_text_section: (part, directory) => h("div", { class: "prose" }, leaves(part.elements, directory)),
  rich_text_preformatted: (part, directory) => h("pre", {}, h("code", {}, leaves(part.elements, directory))),
  rich_text_quote: (part, directory) => h("blockquote", {}, leaves(part.elements, directory)),
  rich_text_list: (part, directory) => {
    const depth = Math.min(part.indent ?? 0, 8);
    const attributes = { class: `rich-list depth-${depth}${part.border ? " bordered" : ""}` };
    if (part.style === "ordered" && part.offset) attributes.start = part.offset + 1;
    const rows = part.elements.map((row) => h("li", {}, leaves(row.elements, directory)));
    return h(part.style === "ordered" ? "ol" : "ul", attributes, rows);
  },
};

/** The parts of a rich_text block, each as one node. */
export function richText(block, directory) {
  return block.elements.map((part) => PARTS[part.type]?.(part, directory) ?? h("p", { class: "unknown" }, `[${part.type}]`));
}
