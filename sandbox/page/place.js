// Where this tab stands: as whom, in which channel, at which thread. Kept in the URL's hash; the person also per tab.

const TAB = "sandbox.as";

/** The place the address names: {as, at, thread}, each null where it says nothing. */
export function readPlace() {
  const said = new URLSearchParams(location.hash.slice(1));
  return {
    as: said.get("as") ?? sessionStorage.getItem(TAB),
    at: said.get("at"),
    thread: said.get("thread"),
  };
}

/** Write the place into the address; a step of its own in the history where the person moved. */
export function writePlace(place, { step }) {
  sessionStorage.setItem(TAB, place.as);
  const said = new URLSearchParams();
  for (const [key, value] of Object.entries(place)) if (value) said.set(key, value);
  const hash = `#${said}`;
  if (hash === location.hash) return;
  history[step ? "pushState" : "replaceState"](null, "", hash);
}
