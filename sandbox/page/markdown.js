// The standard Markdown of a `markdown` block to DOM nodes: what Slack supports there, no HTML.

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { decoded, link, sequence } from "./text.js";

const INLINE = new RegExp(
  [
    "\\\\(?<escaped>[\\\\`*_{}\\[\\]()#+\\-.!~>|])",
    "`(?<code>[^`\\n]+)`",
    "!?\\[(?<label>[^\\]\\n]*)\\]\\((?<href>[^)\\s]+)\\)",
    "<(?<slack>[^<>\\n]+)>",
    "(?<url>https?:\\/\\/[^\\s<>|)]+)",
    "\\*\\*(?<bold>(?=\\S)[^\\n]+?)\\*\\*",
    "~~(?<strike>(?=\\S)[^\\n]+?)~~",
    "\\*(?<star>(?=\\S)[^*\\n]+?)\\*",
    "(?<![\\p{L}\\p{N}_])_(?<under>(?=\\S)[^_\\n]+?)_(?![\\p{L}\\p{N}_])",
  ].join("|"),
  "gu",
);

function inline(text, directory) {
  const out = [];
  let from = 0;
  const plain = (end) => {
    if (end > from) out.push(withEmoji(decoded(text.slice(from, end))));
  };
  for (const match of text.matchAll(INLINE)) {
    plain(match.index);
    out.push(piece(match, directory));
    from = match.index + match[0].length;
  }
  plain(text.length);
  return out;
}

function piece(match, directory) {
  const { escaped, code, label, href, slack, url, bold, strike, star, under } = match.groups;
  if (escaped !== undefined) return escaped;
  if (code !== undefined) return h("code", {}, decoded(code));
  if (href !== undefined) return link(decoded(href), decoded(label));
  if (slack !== undefined) return sequence(slack, directory) ?? decoded(match[0]);
  if (url !== undefined) return link(decoded(url));
  if (bold !== undefined) return h("strong", {}, inline(bold, directory));
  if (strike !== undefined) return h("s", {}, inline(strike, directory));
  return h("em", {}, inline(star ?? under, directory));
}

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
const BULLET = /^(\s*)(?:[-*+]|(\d+)[.)])\s+(.*)$/;
const RULE = /^\s*([-*_])(?:\s*\1){2,}\s*$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** A `markdown` block's text as block-level nodes. */
export function markdown(text, directory) {
  const lines = text.split("\n");
  const out = [];
  let at = 0;
  const takeWhile = (test) => {
    const from = at;
    while (at < lines.length && test(lines[at])) at += 1;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at];
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    if (!line.trim()) at += 1;
    else if (/^\s*```/.test(line)) {
      at += 1;
      const body = takeWhile((next) => !/^\s*```\s*$/.test(next));
      at += 1;
      out.push(h("pre", {}, h("code", {}, decoded(body.join("\n")))));
    } else if (heading) {
      at += 1;
      out.push(h("p", { class: `markdown-h${heading[1].length}` }, h("strong", {}, inline(heading[2], directory))));
    } else if (RULE.test(line)) {
      at += 1;
      out.push(h("hr"));
    } else if (/^\s*(?:>|&gt;)/.test(line)) {
      const quoted = takeWhile((next) => /^\s*(?:>|&gt;)/.test(next));
      const inner = quoted.map((next) => next.replace(/^\s*(?:>|&gt;) ?/, "")).join("\n");
      out.push(h("blockquote", {}, markdown(inner, directory)));
    } else if (BULLET.test(line)) out.push(list(takeWhile((next) => BULLET.test(next)), directory));
    else if (line.includes("|") && TABLE_RULE.test(lines[at + 1] ?? "")) {
      out.push(table(takeWhile((next) => next.includes("|")), directory));
    } else {
      const prose = takeWhile((next) => next.trim() && !/^(\s*```|#{1,6}\s|\s*(?:>|&gt;))/.test(next) && !BULLET.test(next));
      out.push(h("p", { class: "prose" }, inline(prose.join("\n"), directory)));
    }
  }
  return out;
}

function list(lines, directory) {
  const stack = [];
  let root = null;
  for (const line of lines) {
    const [, indent, number, words] = BULLET.exec(line);
    while (stack.length > 1 && indent.length < stack.at(-1).indent) stack.pop();
    if (!stack.length || indent.length > stack.at(-1).indent) {
      const node = number === undefined ? h("ul") : h("ol", { start: number });
      if (stack.length) (stack.at(-1).node.lastElementChild ?? stack.at(-1).node).append(node);
      else root = node;
      stack.push({ indent: indent.length, node });
    }
    stack.at(-1).node.append(h("li", {}, inline(words, directory)));
  }
  return root;
}

function table(lines, directory) {
  const [head, , ...body] = lines;
  return h("div", { class: "table-frame" }, h("table", {},
    h("thead", {}, h("tr", {}, cells(head).map((cell) => h("th", { scope: "col" }, inline(cell, directory))))),
    h("tbody", {}, body.map((line) => h("tr", {}, cells(line).map((cell) => h("td", {}, inline(cell, directory))))))));
}
