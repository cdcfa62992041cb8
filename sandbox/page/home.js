// The app's Home tab: the view it published for this person.

import { blocks } from "./blocks.js";
import { h, keyed } from "./dom.js";
import { Surface } from "./surface.js";

/** Draw the published home view into `stream`, or say that there is none yet. */
export function drawHome(stream, home, view) {
  if (!home) {
    keyed(stream, [{ key: "none", print: "none", build: () => h("p", { class: "empty" }, "The app has not published its Home tab for you yet.") }]);
    return;
  }
  const { hash: _hash, state: _state, ...rest } = home;
  keyed(stream, [{
    key: `home/${view.me}`,
    print: JSON.stringify([rest, view.print]),
    build: () => {
      const surface = new Surface({
        key: `${view.me}/home`,
        where: "home",
        blocks: home.blocks,
        directory: view.directory,
        drafts: view.drafts,
        known: home.state.values,
        send: (click) => view.click({ where: "home", id: home.id, ...click }),
      });
      return h("div", { class: "home", tabindex: "-1" }, blocks(surface));
    },
  }]);
}
