// What an event of the keyboard or the mouse means: typing, a shortcut, a plain click.

const TEXT_FIELDS = "input:not([type=radio], [type=checkbox], [type=range]), textarea, select, [contenteditable]";
const CODES = { Comma: ",", Period: ".", Slash: "/" };

/** Whether an element takes letters: a field that is shown, as the one of a dialog gets the keys for a frame after it was closed. */
export const isTyping = (target) => target.closest?.(TEXT_FIELDS)?.checkVisibility();

/** Whether a key belongs to an input method that is composing a letter; some browsers say so by the key code only. */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

/** Whether Escape is pressed, and is not about a letter that is being composed. */
export const isEscape = (event) => event.key === "Escape" && !isComposing(event);

/** Whether Ctrl, Cmd or Alt is held; Shift makes other letters and is no modifier here. */
export const hasModifier = (event) => event.ctrlKey || event.metaKey || event.altKey;

/** The key of an event as a shortcut names it. A letter is small unless Shift is held, whatever Caps Lock does; a letter of another
    script is what its key would write on a Latin keyboard. */
export function shortcutKey({ key, code = "", shiftKey }) {
  const isForeign = key.length === 1 && key > "\x7f" && !/\p{Script=Latin}/u.test(key);
  const meant = isForeign ? CODES[code] ?? (/^(?:Key|Digit)(.)$/.exec(code)?.[1] ?? key) : key;
  if (meant.length > 1) return meant;
  return shiftKey ? meant.toUpperCase() : meant.toLowerCase();
}

/** Whether an event is Ctrl or Cmd with a letter, with or without Shift. */
export const isCommandKey = (event, letter) =>
  shortcutKey(event).toLowerCase() === letter && (event.ctrlKey || event.metaKey) && !event.altKey;

/** Whether a click is one that the browser would follow in this tab. */
export const isPlainClick = (event) => !event.button && !hasModifier(event) && !event.shiftKey;

/** Whether a key is free to be a shortcut of the page: not typed into a field, and not below an open dialog. */
export const isFree = (event) => !event.defaultPrevented && !isComposing(event)
  && !isTyping(event.target) && !document.querySelector("dialog[open]");

/** Whether a key is a shortcut without a modifier. */
export const isShortcut = (event) => !hasModifier(event) && isFree(event);

let replayKeys = async () => {};

/** Register what loads the code for keys that were pressed before it was there, and replays them. */
export function registerKeyReplay(replay) {
  replayKeys = replay;
}

/** Wait until keys that were pressed before their code was loaded have been replayed. */
export const waitForKeyReplay = () => replayKeys();
