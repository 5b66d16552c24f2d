// Shortcuts: data-key="c" or data-key="g b" on a control; the key does what a click on the control does.

import { isShortcut, shortcutKey } from "../lib/keyboard.js";

const SEQUENCE_PAUSE = 900; // milliseconds between the keys of a sequence like "g b"
let prefix = "";
let timer = 0;
let findPreferred = () => null;

/** Register what a page prefers for some keys: `find(keys)` answers a control or null. */
export function preferShortcutTarget(find) {
  findPreferred = find;
}

// What is in a menu counts as seen with the menu.
const isSeen = (element) => (element.closest("details") ?? element).checkVisibility();
const findFirst = (keys) => [...document.querySelectorAll(`[data-key="${CSS.escape(keys)}"]`)].find(isSeen);
const beginsSequence = (key) => document.querySelector(`[data-key^="${CSS.escape(`${key} `)}"]`) !== null;

function activate(element) {
  if (element.matches("input, textarea, select")) element.focus();
  else element.click();
}

document.addEventListener("keydown", (event) => {
  if (event.repeat || !isShortcut(event)) return;
  const key = shortcutKey(event);
  const keys = prefix + key;
  prefix = "";
  clearTimeout(timer);
  if (keys === key && beginsSequence(key)) {
    prefix = `${key} `;
    timer = setTimeout(() => { prefix = ""; }, SEQUENCE_PAUSE);
    return;
  }
  const element = findPreferred(keys) ?? findFirst(keys);
  if (!element) return;
  event.preventDefault();
  activate(element);
});
