// Keys while cards are selected: those of a card act on all of them, Escape lets them go, the innermost first.

import { isShortcut, shortcutKey } from "../lib/keyboard.js";
import { pressKey } from "./action-bar.js";
import { clearSelection, selectedIds } from "./selection.js";

const INNER = ".bulk .menu[open], .menu[open], dialog[open], :popover-open, .is-dragging";

function onEscape(event) {
  if (document.querySelector(INNER) || !isShortcut(event)) return false;
  clearSelection();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.repeat || !document.documentElement.classList.contains("is-selecting") || !isShortcut(event)) return;
  const isHandled = event.key === "Escape" ? onEscape(event) : selectedIds().length > 0 && event.key.length === 1 && pressKey(shortcutKey(event));
  if (!isHandled) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, { capture: true });
