// The way to the workspace: its state, what a person does, and the stream that says something changed.

const AWAY = "The sandbox does not answer. Is it still running?";

/** The workspace as `user` sees it; {strangerAmong: [ids]} where nobody has that id; null while the sandbox is away. */
export async function fetchState(user) {
  try {
    const answer = await fetch(`/_person/state?user=${encodeURIComponent(user)}`, { cache: "no-store" });
    if (answer.status === 404) return { strangerAmong: (await answer.json()).users };
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/**
 * Do something as a person. Always resolves, with {ok, error?, errors?}; `refused` where the sandbox itself said no,
 * which no notice of the workspace tells of.
 */
export async function act(verb, body) {
  try {
    const answer = await fetch(`/_person/${verb}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const said = await answer.json();
    return answer.ok ? said : { ok: false, refused: true, error: said.error ?? `The sandbox answered ${answer.status}.` };
  } catch {
    return { ok: false, refused: true, error: AWAY };
  }
}

/**
 * Call `changed(version)` at every change, without a version after each connection; `lost` while the stream is down.
 * A browser keeps six connections to a host, so one tab holds the stream for all of them, and the next takes over.
 */
export function listen({ changed, lost }) {
  const tabs = new BroadcastChannel("sandbox");
  const hear = (news) => (news.lost ? lost() : changed(news.version));
  tabs.onmessage = (event) => hear(event.data);
  const tell = (news) => {
    hear(news);
    tabs.postMessage(news);
  };
  // Locks exist on loopback and over https only; elsewhere each tab has its own stream.
  if (!navigator.locks) stream(tell);
  else navigator.locks.request("sandbox.stream", () => new Promise(() => stream(tell)));
}

function stream(tell) {
  const source = new EventSource("/_person/changes");
  source.onopen = () => tell({});
  source.onmessage = (event) => tell({ version: JSON.parse(event.data).version });
  source.onerror = () => {
    tell({ lost: true });
    // A refused answer ends an EventSource for good; a broken connection it mends by itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => stream(tell), 2000);
  };
}
