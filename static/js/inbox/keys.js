// The keys of the inbox: j and k or the arrows walk, others press the button of the entry that has the focus.

import { behaviour } from "../lib/behaviours.js";
import { isShortcut, shortcutKey } from "../lib/keyboard.js";
import { entriesIn, focusEntry, focusedEntry, keepingFocus } from "./entries.js";

const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

behaviour("inbox-keys", (inbox) => {
  function walk(step) {
    const entries = entriesIn(inbox);
    const at = entries.indexOf(focusedEntry());
    const next = entries[at < 0 ? 0 : at + step];
    if (next) focusEntry(next);
    else if (step > 0) inbox.querySelector(".inbox__more a")?.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.repeat && !(event.key in STEPS) || event.shiftKey || !isShortcut(event)) return;
    const key = shortcutKey(event);
    if (key in STEPS) {
      event.preventDefault();
      walk(STEPS[key]);
      return;
    }
    const button = focusedEntry()?.querySelector(`[data-inbox-key="${CSS.escape(key)}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });

  // The answer to a change takes the place of its entry, or leaves none.
  inbox.addEventListener("htmx:beforeSwap", () => {
    keepingFocus(inbox, () => new Promise((done) => {
      inbox.addEventListener("htmx:afterSettle", done, { once: true });
      setTimeout(done, 100); // nothing settles where nothing was put
    }));
  });
});
