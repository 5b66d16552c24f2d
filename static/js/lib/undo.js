// Undo: what this browser changed can be taken back, one change after the other, by its toast and by Ctrl+Z; Ctrl+Shift+Z does it again.

import { behaviour } from "./behaviours.js";
import { post, submitByPageLoad } from "./http.js";
import { isCommandKey, isComposing, isTyping } from "./keyboard.js";
import { areOwnChangesHandled, showOwnChange } from "./own-changes.js";
import { inTurn } from "./request-queue.js";
import { toast } from "./toast.js";
import { uuid } from "./uuid.js";

const STORAGE_KEY = "forge-undo";
const MAX_ENTRIES = 20; // changes of each kind, in this tab
const LOST = "No connection. Nothing was undone.";
const opposite = { undo: "redo", redo: "undo" };
const labels = { undo: "Undo", redo: "Redo" };
const handlers = new Map(); // by event: what shows the way back before the server has answered
let undoing = Promise.resolve(); // one after the other: what is undone next is often about what this one brings
let shown = null;

const afterUndoing = (act) => { undoing = undoing.then(act).catch(reportError); };

function readStacks() {
  const stacks = { undo: [], redo: [] };
  try {
    Object.assign(stacks, JSON.parse(sessionStorage.getItem(STORAGE_KEY)));
  } catch {
    // As without storage.
  }
  // What is not about one task is known to its own page only.
  for (const kind of ["undo", "redo"]) stacks[kind] = stacks[kind].filter(({ taskId, event }) => taskId || handlers.has(event));
  return stacks;
}

function editStacks(change) {
  const stacks = readStacks();
  change(stacks);
  try {
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify(stacks));
  } catch {
    // Without storage the toasts still have their buttons.
  }
}

const forget = (event) => editStacks((stacks) => {
  for (const kind of ["undo", "redo"]) stacks[kind] = stacks[kind].filter((entry) => entry.event !== event);
});

function remember(entry, kind, isNew) {
  forget(entry.event);
  editStacks((stacks) => {
    stacks[kind] = [...stacks[kind], entry].slice(-MAX_ENTRIES);
    if (isNew) stacks.redo = [];
  });
}

/** Say what was changed, and offer to undo it: `event` is the id that the server answered, null where nothing changed.
    `act` may do it instead, and answers false where it can't; `kind` is redo for a change that was an undoing. */
export function offerUndo(text, taskId, event = null, { kind = "undo", act = null, isNew = kind === "undo" } = {}) {
  shown?.remove();
  const entry = { taskId, event };
  if (event) remember(entry, kind, isNew);
  if (event && act) handlers.set(event, act);
  shown = toast(text, "ok", event && { label: labels[kind], act: () => afterUndoing(() => undo(entry, kind)) });
  return shown;
}

async function undo(entry, kind) {
  forget(entry.event);
  const act = handlers.get(entry.event);
  handlers.delete(entry.event);
  if (act && await act(kind) !== false) return;
  if (areOwnChangesHandled()) await inTurn(() => requestUndo(entry, kind, uuid()));
  else undoByPageLoad(entry);
}

/** Where nothing shows what changed, the page is loaded again, as without JavaScript. */
function undoByPageLoad({ taskId, event }) {
  submitByPageLoad(`/tasks/${taskId}/undo`, { op: uuid(), event, next: location.pathname + location.search });
}

async function requestUndo(entry, kind, op) {
  const { status, body } = await sendUndo(entry.taskId, { event: entry.event, op });
  if (status === 200 && body) {
    showOwnChange(entry.taskId, body.version);
    offerUndo(kind === "undo" ? "Undone" : "Redone", entry.taskId, body.event, { kind: opposite[kind], isNew: false });
    return;
  }
  shown?.remove();
  const isUnsure = status === 0 || status >= 500; // with the same operation id it acts once, even if it had arrived
  shown = toast(body?.error?.message ?? LOST, "danger", isUnsure && { label: "Retry", act: () => requestUndo(entry, kind, op) });
}

/** Send an undo; answers as `post` does. */
export const sendUndo = (taskId, fields) => post(`/tasks/${taskId}/undo`, fields);

// The form on a toast that came with the page.
behaviour("undo-form", (form) => {
  const kind = form.dataset.kind;
  const entry = { taskId: form.dataset.taskId, event: form.elements.event.value };
  remember(entry, kind, kind === "undo");
  form.addEventListener("submit", () => forget(entry.event));
});

document.addEventListener("submit", ({ target }) => {
  if (target.hasAttribute("data-clear-device")) sessionStorage.removeItem(STORAGE_KEY); // the next person at this browser is another
});

async function undoLast(kind) {
  await inTurn(() => {}); // what was done last may still be on its way
  const entry = readStacks()[kind].at(-1);
  if (!entry) return;
  shown?.remove();
  await undo(entry, kind);
}

document.addEventListener("keydown", (event) => {
  if (!isCommandKey(event, "z") || event.defaultPrevented || isComposing(event) || event.repeat || isTyping(event.target)) return;
  event.preventDefault();
  afterUndoing(() => undoLast(event.shiftKey ? "redo" : "undo"));
});
