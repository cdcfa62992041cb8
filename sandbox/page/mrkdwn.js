// Slack's mrkdwn to DOM nodes. Sequences in <…> are found first, as Slack does, then fences, quotes, styles.

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { decoded, link, sequence } from "./text.js";

const HOLE = "\uFFFF"; // stands where a sequence was; a noncharacter, so no honest text holds it
const WORD = /[\p{L}\p{N}]/u;
const STYLES = { "*": "strong", _: "em", "~": "s" };
const BARE_URL = /https?:\/\/[^\s|]+/g;

/** `text` as nodes. `verbatim` leaves bare addresses alone. */
export function mrkdwn(text, directory, { verbatim = false } = {}) {
  const found = [];
  const holed = text.replaceAll(HOLE, "\uFFFD").replace(/<([^<>\n]+)>/g, (whole, inner) => {
    const node = sequence(inner, directory);
    if (node === null) return whole;
    found.push(node);
    return HOLE;
  });
  return new Reader(found, verbatim).fences(holed);
}

class Reader {
  constructor(found, verbatim) {
    this.found = found; // used up from the left, in the order leaves are written
    this.verbatim = verbatim;
  }

  fences(text) {
    const out = [];
    const pieces = text.split(/```\n?((?:(?!```)[\s\S])+?)\n?```/);
    pieces.forEach((piece, index) => {
      if (index % 2) {
        out.push(h("pre", {}, h("code", {}, this.leaf(piece, { plain: true }))));
        return;
      }
      // The line break that ends a line before a fence, or starts the one after, is the fence's own.
      let prose = piece;
      if (index > 0) prose = prose.replace(/^\n/, "");
      if (index < pieces.length - 1) prose = prose.replace(/\n$/, "");
      if (prose) out.push(...this.quotes(prose));
    });
    return out;
  }

  quotes(text) {
    const out = [];
    let run = [];
    let quoted = false;
    const flush = () => {
      if (run.length === 0) return;
      const nodes = this.styles(run.join("\n"));
      out.push(quoted ? h("blockquote", {}, nodes) : h("span", { class: "prose" }, nodes));
      run = [];
    };
    const lines = text.split("\n");
    for (let index = 0; index < lines.length; index += 1) {
      const line = lines[index];
      const rest = /^(?:&gt;|>){3} ?(.*)$/.exec(line);
      if (rest) {
        flush();
        quoted = true;
        run = [rest[1], ...lines.slice(index + 1)];
        break;
      }
      const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
      if (Boolean(quote) !== quoted) flush();
      quoted = Boolean(quote);
      run.push(quote ? quote[1] : line);
    }
    flush();
    return out;
  }

  styles(text) {
    const out = [];
    let plainFrom = 0;
    let at = 0;
    while (at < text.length) {
      const end = closing(text, at);
      if (end === -1) {
        at += 1;
        continue;
      }
      out.push(...this.leaf(text.slice(plainFrom, at)));
      const inside = text.slice(at + 1, end);
      const code = text[at] === "`";
      out.push(code ? h("code", {}, this.leaf(inside, { plain: true })) : h(STYLES[text[at]], {}, this.styles(inside)));
      at = end + 1;
      plainFrom = at;
    }
    out.push(...this.leaf(text.slice(plainFrom)));
    return out;
  }

  leaf(text, { plain = false } = {}) {
    const out = [];
    text.split(HOLE).forEach((piece, index) => {
      if (index > 0) out.push(this.found.shift());
      if (!piece) return;
      out.push(...(plain ? [decoded(piece)] : this.words(piece)));
    });
    return out;
  }

  words(text) {
    if (this.verbatim) return [withEmoji(decoded(text))];
    const out = [];
    let from = 0;
    for (const match of text.matchAll(BARE_URL)) {
      const url = match[0].replace(/(?:[.,;:!?)\]}'"*_~]|&gt;|&lt;)+$/, "");
      out.push(withEmoji(decoded(text.slice(from, match.index))), link(decoded(url)));
      from = match.index + url.length;
    }
    out.push(withEmoji(decoded(text.slice(from))));
    return out.filter((node) => node !== "");
  }
}

/** Where the style that opens at `at` closes, or -1. Markers count only at the edge of words, within a line. */
function closing(text, at) {
  const marker = text[at];
  if (marker !== "`" && !STYLES[marker]) return -1;
  if (marker !== "`" && at > 0 && (WORD.test(text[at - 1]) || text[at - 1] === marker)) return -1;
  const lineEnd = text.indexOf("\n", at);
  const limit = lineEnd === -1 ? text.length : lineEnd;
  if (marker === "`") {
    const end = text.indexOf("`", at + 1);
    return end > at + 1 && end < limit ? end : -1;
  }
  if (/\s/.test(text[at + 1] ?? " ")) return -1;
  for (let end = text.indexOf(marker, at + 1); end !== -1 && end < limit; end = text.indexOf(marker, end + 1)) {
    const inside = end > at + 1 && !/\s/.test(text[end - 1]);
    if (inside && !WORD.test(text[end + 1] ?? " ")) return end;
  }
  return -1;
}
