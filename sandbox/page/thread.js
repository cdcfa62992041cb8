// The panel that shows one thread: its first message, the replies, and a box to answer in.

import { composer } from "./composer.js";
import { h, icon, keyed } from "./dom.js";
import { entries } from "./messages.js";

/** Draw the thread under `ts` into `panel`; hides it when there is none. */
export function drawThread(panel, { channel, ts, ephemerals, view, close, say }) {
  const parent = ts && channel?.messages.find((message) => message.ts === ts);
  panel.hidden = !parent;
  document.body.classList.toggle("thread-open", Boolean(parent));
  if (!parent) {
    panel.replaceChildren();
    panel.dataset.shown = "";
    return;
  }
  const key = `${view.me}/${channel.id}/${ts}`;
  const fresh = panel.dataset.shown !== key;
  if (fresh) {
    panel.dataset.shown = key;
    panel.replaceChildren(
      h("div", { class: "bar" }, h("h2", { tabindex: "-1" }, "Thread"),
        h("p", { class: "subtitle" }, channel.is_im ? "Direct message" : `#${channel.name}`),
        h("button", { type: "button", class: "icon-button", "aria-label": "Back to the channel", onclick: close }, icon("close"))),
      h("div", { class: "stream", role: "log", "aria-label": "Thread messages", tabindex: "0" }),
      composer({
        key: `thread/${key}`,
        label: "Reply in thread",
        placeholder: "Reply…",
        button: "Send reply",
        send: say,
      }));
  }
  const stream = panel.querySelector(".stream");
  const atEnd = fresh || stream.scrollHeight - stream.scrollTop - stream.clientHeight < 60;
  const replies = parent.replies ?? [];
  const count = { key: "count", print: String(replies.length), build: () => h("p", { class: "day" },
    h("span", {}, replies.length === 1 ? "1 reply" : `${replies.length} replies`)) };
  const [first] = entries([parent], [], view, { inThread: true });
  keyed(stream, [first, ...(replies.length ? [count] : []), ...entries(replies, ephemerals, view, { inThread: true })]);
  if (atEnd) stream.scrollTop = fresh && replies.length === 0 ? 0 : stream.scrollHeight;
  if (fresh) panel.querySelector("h2").focus({ preventScroll: true });
}
