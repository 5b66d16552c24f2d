// Undo: what this browser changed can be taken back, one change after the other, by its toast and by Ctrl+Z; Ctrl+Shift+Z does it again.
// The code that does so is loaded by the first undo.

import { behaviour } from "./behaviours.js";
import { isCommandKey, isComposing, isTyping } from "./keyboard.js";
import { lazy, orToast } from "./lazy.js";
import { toast } from "./toast.js";
// Used by what is loaded later, and kept in the chunk of every page (docs/decisions/0012-browser-modules.md).
import "./own-changes.js";
import "./request-queue.js";
import "./uuid.js";

const STORAGE_KEY = "forge-undo";
const MAX_ENTRIES = 20; // changes of each kind, in this tab
const NO_CHANGE = "[data-module~=undo-form], #fold-form"; // forms that change nothing which could be taken back
const labels = { undo: "Undo", redo: "Redo" };
const loadUndo = lazy(() => import("../undo/index.js"));
const handlers = new Map(); // by event: what shows the way back before the server has answered
let runner = null; // {undo, undoLast}, once it is loaded
let undoing = Promise.resolve(); // one after the other: what is undone next is often about what this one brings
let shown = null;

const afterUndoing = (act) => {
  undoing = undoing.then(async () => {
    await orToast(loadUndo());
    if (runner) await act();
  }).catch(reportError);
};

/** Register what takes changes back: {undo, undoLast}. */
export function registerUndo(loaded) {
  runner = loaded;
}

/** The changes that can be taken back, and done again. `other`: something else was done since. */
export function readStacks() {
  const stacks = { undo: [], redo: [], other: false };
  try {
    return { ...stacks, ...JSON.parse(sessionStorage.getItem(STORAGE_KEY)) };
  } catch {
    return stacks; // as without storage
  }
}

export function editStacks(change) {
  const stacks = readStacks();
  change(stacks);
  try {
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify(stacks));
  } catch {
    // Without storage the toasts still have their buttons.
  }
}

export const forget = (event) => editStacks((stacks) => {
  for (const kind of ["undo", "redo"]) stacks[kind] = stacks[kind].filter((entry) => entry.event !== event);
});

/** What `offerUndo` was given to take a change back, which is then given away. */
export function takeHandler(event) {
  const act = handlers.get(event);
  handlers.delete(event);
  return act;
}

export const hasHandler = (event) => handlers.has(event);

/** Remember a change without saying it. `entry`: {text, taskId, event} of one task, else the address that takes it back
    as `event`, with `fields`; `isBound`: only this very page can. */
export function rememberChange(entry, kind = "undo", isNew = kind === "undo") {
  forget(entry.event);
  editStacks((stacks) => {
    stacks[kind] = [...stacks[kind], entry].slice(-MAX_ENTRIES);
    stacks.other = false;
    if (isNew) stacks.redo = [];
  });
}

/** Show a toast in the place of the one about the change before. */
export function replaceToast(...what) {
  shown?.remove();
  shown = toast(...what);
  return shown;
}

/** Say what was changed, and offer to undo it: `event` is the id that the server answered (without a task: an address),
    null where nothing changed. `act` may do it instead, and answers false where it can't; `kind` is redo for an undoing. */
export function offerUndo(text, taskId, event = null, { kind = "undo", act = null, isNew = kind === "undo", ...more } = {}) {
  const entry = { text, taskId, event, ...more };
  if (event) rememberChange(entry, kind, isNew);
  if (event && act) handlers.set(event, act);
  return replaceToast(text, "ok", event && { label: labels[kind], act: () => afterUndoing(() => runner.undo(entry, kind)) });
}

// The form on a toast that came with the page.
behaviour("undo-form", (form) => {
  const { kind, taskId = "" } = form.dataset;
  const event = form.elements.event?.value ?? form.getAttribute("action");
  const fields = Object.fromEntries([...form.querySelectorAll("[data-undo-field]")].map(({ name, value }) => [name, value]));
  rememberChange({ text: form.previousElementSibling.textContent, taskId, event, fields }, kind);
  form.addEventListener("submit", () => forget(event));
});

// What htmx did (web/ways_back.py).
document.addEventListener("forge:done", ({ detail: { text, address, fields, kind, task_id: taskId = "", event = address, is_quiet: isQuiet } }) => {
  if (isQuiet) rememberChange({ text, taskId, event, fields }, kind);
  else offerUndo(text, taskId, event, { kind, fields });
});

document.addEventListener("submit", ({ target }) => {
  if (target.hasAttribute("data-clear-device")) sessionStorage.removeItem(STORAGE_KEY); // the next person at this browser is another
  else if (target.method === "post" && !target.matches(NO_CHANGE)) editStacks((stacks) => Object.assign(stacks, { other: true, redo: [] }));
}, { capture: true });

document.addEventListener("keydown", (event) => {
  if (!isCommandKey(event, "z") || event.defaultPrevented || isComposing(event) || event.repeat || isTyping(event.target)) return;
  event.preventDefault();
  afterUndoing(() => runner.undoLast(event.shiftKey ? "redo" : "undo"));
});
