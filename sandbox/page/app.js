// The page: holds the newest state of the workspace and the place one stands at, and draws both.

import { composer } from "./composer.js";
import { refreshDates } from "./dates.js";
import { h, icon, keyed } from "./dom.js";
import { drawHome } from "./home.js";
import { entries } from "./messages.js";
import { showModals, trouble } from "./modals.js";
import { Directory } from "./people.js";
import { readPlace, writePlace } from "./place.js";
import { drawPersona, drawSidebar } from "./sidebar.js";
import { Drafts } from "./surface.js";
import { drawThread } from "./thread.js";
import { toast } from "./toasts.js";
import { act, fetchState, listen } from "./wire.js";

const NAME = "Sandbox workspace";
const HOME = "home";
const part = (id) => document.getElementById(id);
const drafts = new Drafts();
const dismissed = new Set(JSON.parse(sessionStorage.getItem("sandbox.dismissed") ?? "[]"));
const toasted = new Set();
const closing = new Set(); // ids of views on their way out

let place = readPlace();
let state = null;
let fetching = null;
let again = false;
let greeted = false; // notices older than this page are not news

// Reading

/** Fetch and draw; calls while one is under way share the one after it. */
async function refresh() {
  if (fetching) {
    again = true;
    return fetching;
  }
  fetching = (async () => {
    do {
      again = false;
      const asked = place.as ?? "";
      const answer = await fetchState(asked);
      if (asked !== (place.as ?? "")) again = true;
      else if (answer?.strangerAmong) become(answer.strangerAmong[0]);
      else if (answer) take(answer);
      part("lost").hidden = Boolean(answer);
    } while (again);
  })().finally(() => { fetching = null; });
  return fetching;
}

/** Act as the first of the people when the address names nobody of this workspace. */
function become(someone) {
  if (!someone) return;
  place = { ...place, as: someone };
  again = true;
}

function take(answer) {
  state = answer;
  const known = place.at === HOME || state.channels.some((channel) => channel.id === place.at);
  if (!known) place = { ...place, at: (state.channels.find((each) => !each.is_im) ?? state.channels[0])?.id ?? HOME, thread: null };
  writePlace(place, { step: false });
  announce();
  draw();
}

function announce() {
  for (const notice of state.notices ?? []) {
    if (toasted.has(notice.id)) continue;
    toasted.add(notice.id);
    if (!greeted) continue;
    const modal = notice.channel === null && state.modals.at(-1);
    if (modal) trouble(modal.id, notice.text);
    else toast(notice.text);
  }
  greeted = true;
}

// Acting

async function perform(verb, body) {
  const answer = await act(verb, { user: place.as, ...body });
  await refresh();
  return answer;
}

/** The same, saying aloud what the sandbox refused; what the app left unanswered comes as a notice. */
async function tell(verb, body) {
  const answer = await perform(verb, body);
  if (answer.refused) toast(answer.error);
  return answer;
}

function walk(to) {
  const before = place;
  place = { ...place, ...to };
  writePlace(place, { step: true });
  arrive(before);
}

function arrive(before) {
  closeDrawer();
  if (before.as !== place.as) {
    greeted = false;
    refresh();
  } else draw();
  if (place.at === HOME && (before.at !== HOME || before.as !== place.as)) tell("home", {});
}

/** Close the top view or all of them; a second press on a view that is being closed means nothing more. */
async function close({ all }) {
  const top = state.modals.at(-1);
  if (!top || closing.has(top.id)) return;
  closing.add(top.id);
  const answer = await tell("close", {});
  closing.delete(top.id);
  if (all && answer.ok) await close({ all });
}

const viewOf = (channel, directory) => ({
  me: place.as,
  channel,
  directory,
  drafts,
  print: JSON.stringify([place.as, [...directory.users.values()].map((user) => [user.id, user.name, user.title])]),
  click: (click) => tell("click", click),
  submitModal: (values) => perform("submit", { state: values }),
  closeModal: () => close({ all: false }),
  closeModals: () => close({ all: true }),
  openThread: (ts) => walk({ thread: ts }),
  dismiss: (id) => {
    dismissed.add(id);
    sessionStorage.setItem("sandbox.dismissed", JSON.stringify([...dismissed]));
    draw();
    part("stream").focus();
  },
});

async function write(channel, text, thread) {
  if (text.startsWith("/")) {
    if (thread) {
      toast(`${text.split(/\s/)[0]} is not supported in threads. Sorry!`);
      return false;
    }
    return (await tell("command", { channel: channel.id, text })).ok;
  }
  return (await tell("say", { channel: channel.id, text, ...(thread && { thread_ts: thread }) })).ok;
}

// Drawing

const unread = (channel) => (channel.id === place.at ? 0 : Number(channel.unread ?? 0));

function draw() {
  if (!state) return;
  const directory = new Directory(state);
  const channel = state.channels.find((each) => each.id === place.at) ?? null;
  const view = viewOf(channel, directory);
  drawPersona(part("persona"), { directory, me: place.as, choose: (as) => walk({ as, thread: null }) });
  drawSidebar(part("sidebar"), { state, directory, at: place.at, unread, go: (at) => walk({ at, thread: null }) });
  drawMain(channel, view);
  drawThread(part("thread"), {
    channel,
    ts: place.thread,
    ephemerals: ephemerals(channel, (each) => each.thread_ts && each.thread_ts === place.thread),
    view,
    close: () => walk({ thread: null }),
    say: (text) => write(channel, text, place.thread),
  });
  showModals(state.modals ?? [], view);
  read(channel);
  const waiting = state.channels.reduce((sum, each) => sum + unread(each), 0);
  document.title = `${waiting ? `(${waiting}) ` : ""}${part("title").textContent} · ${NAME}`;
}

/** What is on the screen is read. */
function read(channel) {
  if (channel?.unread && document.visibilityState === "visible") act("read", { user: place.as, channel: channel.id });
}

const ephemerals = (channel, wanted) =>
  (state.ephemerals ?? []).filter((each) => each.channel === channel?.id && !dismissed.has(each.id) && wanted(each));

function drawMain(channel, view) {
  const stream = part("stream");
  const shown = `${place.as}/${place.at}`;
  const fresh = stream.dataset.shown !== shown;
  if (fresh) enter(stream, shown, channel, view);
  const atEnd = fresh || stream.scrollHeight - stream.scrollTop - stream.clientHeight < 60;
  if (!channel) {
    drawHome(stream, state.home, view);
    return;
  }
  const list = entries(channel.messages.filter((message) => !message.thread_ts || message.thread_ts === message.ts),
    ephemerals(channel, (each) => !each.thread_ts), view);
  if (!list.length) list.push({ key: "none", print: channel.id, build: () => h("p", { class: "empty" }, "Nothing has been said here yet.") });
  keyed(stream, list);
  if (atEnd) stream.scrollTop = stream.scrollHeight;
}

/** Set the stage for another channel or person: title, an empty stream, the composer. */
function enter(stream, shown, channel, view) {
  stream.dataset.shown = shown;
  stream.replaceChildren();
  stream.scrollTop = 0;
  stream.tabIndex = 0;
  stream.classList.toggle("stream-home", !channel);
  const app = view.directory.app()?.name ?? "App";
  const name = channel ? (channel.is_im ? app : channel.name) : app;
  stream.setAttribute("role", channel ? "log" : "region");
  stream.setAttribute("aria-label", channel ? `Messages in ${name}` : `${name} Home`);
  part("title").replaceChildren(...(channel && !channel.is_im ? [icon(channel.is_private ? "lock" : "hash")] : []), name);
  part("subtitle").textContent = channel ? (channel.is_private ? "Private channel" : "") : "Home";
  part("composer").replaceChildren(...(channel ? [composer({
    key: `${place.as}/${channel.id}`,
    label: `Message ${name}`,
    placeholder: `Message ${channel.is_im ? name : `#${name}`}, or /command`,
    button: "Send message",
    commands: state.commands ?? [],
    send: (text) => write(channel, text, null),
  })] : []));
}

// The frame

function closeDrawer() {
  document.body.classList.remove("drawer-open");
  part("menu").setAttribute("aria-expanded", "false");
}

part("menu").append(icon("menu"));
part("menu").addEventListener("click", () => {
  const open = document.body.classList.toggle("drawer-open");
  part("menu").setAttribute("aria-expanded", String(open));
  if (open) part("sidebar").querySelector("[aria-current]")?.focus();
});
part("main").addEventListener("click", closeDrawer);
part("skip").addEventListener("click", () => part("main").focus());
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open], [popover]:popover-open")) return;
  if (document.body.classList.contains("drawer-open")) {
    closeDrawer();
    part("menu").focus();
  } else if (place.thread) walk({ thread: null });
});
const onMoved = () => {
  const before = place;
  const said = readPlace();
  place = { as: said.as ?? before.as, at: said.at ?? before.at, thread: said.thread };
  arrive(before);
};
window.addEventListener("popstate", onMoved);
setInterval(() => refreshDates(), 30_000);

document.addEventListener("visibilitychange", draw);

listen({ changed: (version) => version !== state?.version && refresh(), lost: () => { part("lost").hidden = false; } });
await refresh();
if (place.at === HOME && place.as) tell("home", {});
