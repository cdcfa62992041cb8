// Messages and ephemerals as articles: in a channel's stream, and in a thread.

import { blocks } from "./blocks.js";
import { agoOf, clockOf, dayOf, seconds } from "./dates.js";
import { h, icon } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { avatar } from "./people.js";
import { Surface } from "./surface.js";

const TOGETHER = 5 * 60; // s within which lines of one person stand under one name

const isApp = (message, directory) => directory.isApp(message.user);

function author(message, view) {
  const app = isApp(message, view.directory);
  return { app, name: view.directory.name(message.user) };
}

function words(message, view, key, where, address) {
  if (!message.blocks?.length) return h("div", { class: "words" }, mrkdwn(message.text ?? "", view.directory));
  const written = !isApp(message, view.directory) && where === "message";
  const surface = new Surface({
    key,
    where,
    blocks: message.blocks,
    directory: view.directory,
    drafts: view.drafts,
    send: (click) => view.click({ where, ...address, ...click }),
  });
  return h("div", { class: written ? "words" : "card" }, blocks(surface));
}

function head(name, title, app, when) {
  return h("header", { class: "by" }, h("strong", {}, name), app && h("span", { class: "badge" }, "App"),
    !app && title && h("span", { class: "by-title" }, title), h("span", { class: "when" }, when));
}

function article(message, view, { continued, inThread }) {
  const { app, name } = author(message, view);
  const key = `${view.me}/message/${view.channel.id}/${message.ts}`;
  const body = words(message, view, key, "message", { channel: view.channel.id, ts: message.ts });
  for (const file of message.files ?? []) {
    body.append(h("figure", { class: "file" }, h("figcaption", {}, file.title),
      h("img", { src: new URL(file.url_private).pathname, alt: file.alt_txt, class: "image" })));
  }
  if (message.edited && !app) body.append(h("span", { class: "edited" }, " (edited)"));
  const open = () => view.openThread(message.thread_ts ?? message.ts);
  return h("article", {
    class: `message${continued ? " continued" : ""}`,
    tabindex: "-1",
    "aria-label": `${name}, ${clockOf(message.ts).textContent}`,
    "data-ts": message.ts,
  },
  continued ? h("span", { class: "gutter", "aria-hidden": "true" }) : avatar(message.user, name, { app }),
  h("div", { class: "message-body" },
    !continued && head(name, view.directory.title(message.user), app, clockOf(message.ts)),
    body,
    !inThread && message.reply_count > 0 && replies(message, open)),
  !inThread && h("div", { class: "tools" },
    h("button", { type: "button", class: "icon-button", "aria-label": "Reply in thread", title: "Reply in thread", onclick: open }, icon("reply"))));
}

function replies(message, open) {
  const last = message.replies.at(-1)?.ts;
  return h("button", { type: "button", class: "replies", onclick: open, "data-focus": `replies/${message.ts}` },
    h("strong", {}, `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`),
    last && h("span", {}, "last reply ", agoOf(last)));
}

function whisper(ephemeral, view) {
  const { name } = author(ephemeral, view);
  const body = words(ephemeral, view, `${view.me}/ephemeral/${ephemeral.id}`, "ephemeral",
    { channel: view.channel.id, id: ephemeral.id });
  return h("article", { class: "message ephemeral", tabindex: "-1", "aria-label": `${name}, only visible to you` },
    avatar(ephemeral.user, name, { app: true }),
    h("div", { class: "message-body" },
      h("p", { class: "only-you" }, icon("eye"), "Only visible to you"),
      head(name, "", true, clockOf(ephemeral.ts)),
      body,
      h("button", { type: "button", class: "link-button", "data-focus": `dismiss/${ephemeral.id}`, onclick: () => view.dismiss(ephemeral.id) },
        "Dismiss message")));
}

/** Entries for `keyed`: messages and ephemerals by time, with a line where a day begins. */
export function entries(messages, ephemerals, view, { inThread = false } = {}) {
  const all = [
    ...messages.map((message) => ({ ephemeral: false, it: message })),
    ...ephemerals.map((ephemeral) => ({ ephemeral: true, it: ephemeral })),
  ].sort((a, b) => Number(a.it.ts) - Number(b.it.ts));
  const out = [];
  let before = null;
  for (const { ephemeral, it } of all) {
    const day = inThread ? null : dayOf(it.ts);
    if (day && day !== before?.day) {
      out.push({ key: `day/${day}`, print: day, build: () => h("p", { class: "day" }, h("span", {}, day)) });
      before = null;
    }
    if (ephemeral) {
      const print = JSON.stringify([it, view.print]);
      out.push({ key: `ephemeral/${it.id}`, print, build: () => whisper(it, view) });
      before = { day, user: null };
      continue;
    }
    const plain = !isApp(it, view.directory);
    const continued = Boolean(plain && before?.plain && before.user === it.user && seconds(it.ts) - before.at < TOGETHER);
    const { replies: within, ...shown } = it;
    const print = JSON.stringify([shown, within?.at(-1)?.ts, continued, view.print]);
    out.push({ key: `message/${it.ts}`, print, build: () => article(it, view, { continued, inThread }) });
    before = { day, user: it.user, plain, at: seconds(it.ts) };
  }
  return out;
}
