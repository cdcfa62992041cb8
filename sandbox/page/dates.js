// Times as this browser's clock and zone say them: Slack's date patterns, message times, day dividers.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const english = (options) => new Intl.DateTimeFormat("en-US", options);
const MONTH_DAY = english({ month: "long", day: "numeric" });
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const CLOCK_SECONDS = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit", second: "2-digit" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

function ordinal(n) {
  const tens = n % 100;
  if (tens >= 11 && tens <= 13) return `${n}th`;
  return `${n}${["th", "st", "nd", "rd"][n % 10] ?? "th"}`;
}

function dayDistance(then, now) {
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((midnight(then) - midnight(now)) / (DAY * 1000));
}

function pretty(then, otherwise) {
  const near = { [-1]: "Yesterday", 0: "Today", 1: "Tomorrow" }[dayDistance(then, new Date())];
  return near ?? otherwise(then);
}

const longDate = (d) => `${english({ month: "long" }).format(d)} ${ordinal(d.getDate())}, ${d.getFullYear()}`;
const shortDate = (d) => english({ month: "short", day: "numeric", year: "numeric" }).format(d);
const weekdayDate = (d) => `${english({ weekday: "long" }).format(d)}, ${longDate(d)}`;
const pad = (n) => String(n).padStart(2, "0");

function ago(then) {
  const seconds = (then - Date.now()) / 1000;
  const span = Math.abs(seconds);
  if (span < MINUTE) return seconds > 0 ? "in less than a minute" : "just now";
  const [size, unit] = span < HOUR ? [MINUTE, "minute"] : span < DAY ? [HOUR, "hour"] : [DAY, "day"];
  const count = Math.floor(span / size);
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return seconds > 0 ? `in ${words}` : `${words} ago`;
}

const TOKENS = {
  date_num: (d) => `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}`,
  date_slash: (d) => `${pad(d.getMonth() + 1)}/${pad(d.getDate())}/${d.getFullYear()}`,
  date: longDate,
  date_short: shortDate,
  date_long: weekdayDate,
  date_pretty: (d) => pretty(d, longDate),
  date_short_pretty: (d) => pretty(d, shortDate),
  date_long_pretty: (d) => pretty(d, weekdayDate),
  date_long_full: weekdayDate,
  day_divider_pretty: (d) => pretty(d, (then) => `${english({ weekday: "long" }).format(then)}, ${MONTH_DAY.format(then)}`),
  time: (d) => CLOCK.format(d),
  time_secs: (d) => CLOCK_SECONDS.format(d),
  ago,
};

function written(date, pattern) {
  return pattern.replace(/\{([a-z_]+)\}/g, (whole, token) => TOKENS[token]?.(date) ?? whole);
}

/** `<!date^seconds^pattern|fallback>` as a <time> in local time; the fallback where seconds make no date. */
export function slackDate(seconds, pattern, fallback) {
  const date = new Date(seconds * 1000);
  const node = document.createElement("time");
  if (Number.isNaN(date.getTime())) {
    node.textContent = fallback;
    return node;
  }
  node.dateTime = date.toISOString();
  node.dataset.pattern = pattern;
  node.title = FULL.format(date);
  node.textContent = written(date, pattern);
  return node;
}

/** Write every relative time on the page anew ("3 minutes ago", "Today"). */
export function refreshDates(root = document) {
  for (const node of root.querySelectorAll("time[data-pattern]")) {
    const text = written(new Date(node.dateTime), node.dataset.pattern);
    if (node.textContent !== text) node.textContent = text;
  }
}

/** A message's `ts` ("1763.000100") as seconds. */
export const seconds = (ts) => Math.floor(Number.parseFloat(ts));

export const clockOf = (ts) => slackDate(seconds(ts), "{time}", "");
export const agoOf = (ts) => slackDate(seconds(ts), "{ago}", "");
export const dayOf = (ts) => TOKENS.day_divider_pretty(new Date(seconds(ts) * 1000));
