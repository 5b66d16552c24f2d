// The keys of a board are loaded by the first key that is pressed; those that are pressed until then are replayed.

import { preferShortcutTarget } from "../core/shortcuts.js";
import { behaviour } from "../lib/behaviours.js";
import { afterPageLoad } from "../lib/dom.js";
import { isShortcut, registerKeyReplay, shortcutKey } from "../lib/keyboard.js";
import { lazy, orToast } from "../lib/lazy.js";
import { contextCard } from "../lib/selected-card.js";

const IDLE = 3000; // milliseconds after the page's own loading
const loadKeys = lazy(() => import("../keys/index.js"));
const hasShortcut = (key) => document.querySelector(`[data-key^="${CSS.escape(key)}"]`) !== null;

// "c" adds to the column of the selected card.
preferShortcutTarget((keys) => {
  if (keys !== "c") return null;
  const column = (contextCard() ?? document.activeElement).closest(".column");
  return column?.querySelector(".quick-add__input, .lane-add") ?? null;
});

behaviour("keys-loader", () => {
  const waiting = [];
  let replay = null;

  function press({ key, code, shiftKey }) {
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, code, shiftKey, bubbles: true, cancelable: true }));
  }

  async function loadAndReplay() {
    const loaded = await orToast(loadKeys(), { quiet: !waiting.length });
    const pressed = waiting.splice(0);
    if (!loaded) {
      replay = null; // the next key tries again
      return;
    }
    document.removeEventListener("keydown", onKey);
    pressed.forEach(press);
  }

  const replayOnce = () => (replay ??= loadAndReplay());
  registerKeyReplay(replayOnce);

  function onKey(event) {
    if (event.key !== "Tab" && isShortcut(event) && !hasShortcut(shortcutKey(event))) waiting.push(event);
    replayOnce();
  }
  document.addEventListener("keydown", onKey);
  // Whoever loses the network should still have their keys.
  afterPageLoad(() => setTimeout(() => document.hidden || replayOnce(), IDLE));
});
