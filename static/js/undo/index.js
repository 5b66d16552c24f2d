// Taking changes back, and doing them again.

import { markBoardStale } from "../lib/dom.js";
import { post, submitByPageLoad } from "../lib/http.js";
import { areOwnChangesHandled, showOwnChange } from "../lib/own-changes.js";
import { inTurn } from "../lib/request-queue.js";
import { editStacks, forget, hasHandler, offerUndo, readStacks, registerUndo, replaceToast, takeHandler } from "../lib/undo.js";
import { uuid } from "../lib/uuid.js";

const LOST = "No connection. Nothing was undone.";
const OTHER = "Ctrl+Z can’t take back what you did last.";
const opposite = { undo: "redo", redo: "undo" };
const done = { undo: "Undone", redo: "Redone" };
const WAY = { way: "back" }; // the answer offers to do it again

/** Take one change back. */
async function undo(entry, kind) {
  forget(entry.event);
  const act = takeHandler(entry.event);
  if (act && await act(kind) !== false) return;
  if (areOwnChangesHandled()) await inTurn(() => request(entry, kind, uuid()));
  else undoByPageLoad(entry);
}

/** Take the last change back; where that is not the last thing that was done, say first which one it is. */
async function undoLast(kind) {
  await inTurn(() => {}); // what was done last may still be on its way
  const stacks = readStacks();
  const entry = stacks[kind].at(-1);
  const isOther = kind === "undo" && stacks.other;
  const isLost = Boolean(entry?.isBound) && !hasHandler(entry.event);
  if (isOther || isLost) {
    if (isLost) forget(entry.event);
    editStacks((changed) => { changed.other = false; });
    sayWhatComes(kind, isLost ? `“${entry.text}” can’t be taken back from here.` : OTHER);
  } else if (entry) await undo(entry, kind);
}

function sayWhatComes(kind, reason) {
  const before = readStacks()[kind].at(-1);
  if (before) replaceToast(`${reason} The change before it: “${before.text}”`, "info", { label: "Undo that", act: () => undo(before, kind) });
  else replaceToast(reason, "info");
}

/** Where nothing shows what changed, the page is loaded again, as without JavaScript. */
function undoByPageLoad({ taskId, event, fields }) {
  if (taskId) submitByPageLoad(`/tasks/${taskId}/undo`, { op: uuid(), event, next: location.pathname + location.search });
  else submitByPageLoad(event, { ...fields, ...WAY, op: uuid() });
}

async function request(entry, kind, op) {
  const { taskId, event, fields, text } = entry;
  const { status, body } = await (taskId ? post(`/tasks/${taskId}/undo`, { event, op }) : post(event, { ...fields, ...WAY, op }));
  if (status !== 200 || !body) {
    const isUnsure = status === 0 || status >= 500; // with the same operation id it acts once, even if it had arrived
    replaceToast(body?.error?.message ?? LOST, "danger", isUnsure && { label: "Retry", act: () => request(entry, kind, op) });
  } else if (taskId) {
    showOwnChange(taskId, body.version);
    offerUndo(text ? `${done[kind]}: ${text}` : done[kind], taskId, body.event, { kind: opposite[kind], isNew: false });
  } else showOther(body, kind);
}

/** Show what was taken back of something that is no task's own: the server says what, and how to do it again. */
function showOther({ text, address, undo: batch, fields }, kind) {
  markBoardStale();
  document.dispatchEvent(new CustomEvent("forge:task-stale"));
  offerUndo(text, "", address ?? batch, { kind: opposite[kind], isNew: false, fields });
}

registerUndo({ undo, undoLast });
