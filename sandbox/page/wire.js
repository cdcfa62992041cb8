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

/** Call `changed(version)` at every change, without a version after each connection; `lost` while the stream is down. */
export function listen({ changed, lost }) {
  const stream = new EventSource("/_person/changes");
  stream.onopen = () => changed();
  stream.onmessage = (event) => changed(JSON.parse(event.data).version);
  stream.onerror = () => {
    lost();
    // A refused answer ends an EventSource for good; a broken connection it mends by itself.
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => listen({ changed, lost }), 2000);
  };
}
