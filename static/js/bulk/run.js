// Running an action: the cards go to the server in portions, one after the other, so that a long action can be watched and stopped.
// Everything that was done is taken back by one Undo, the last portion first.

import { announce } from "../lib/dom.js";
import { post } from "../lib/http.js";
import { showOwnChange } from "../lib/own-changes.js";
import { toast } from "../lib/toast.js";
import { offerUndo } from "../lib/undo.js";
import { uuid } from "../lib/uuid.js";
import { clearSelection, selectedInOrder } from "./selection.js";
import { cardsAre, doing, summarize } from "./summary.js";

const TIMEOUT = 20_000; // milliseconds until an answer counts as lost
const PORTION = 25;
const MAX_REASONS = 3; // shown of what an Undo could not take back
const FAILED = "That did not work.";
const LOST = "No connection.";
const FIELDS = { column: "column_id", assignee: "assignee_id", priority: "priority", due: "due_at", add_tags: "tags", remove_tags: "tags" };
const UNDONE = { "task.restored": "back", "task.deleted": "in the trash" };
let lastToast = null;

const isUnsure = ({ status, body }) => status === 0 || status >= 500 || !body;
const isDone = ({ status, body }) => status === 200 && body;
const problemOf = ({ status, body }) => body?.error?.message ?? (status ? FAILED : LOST);

/** Send something with an operation id of its own; once more where nobody knows if it arrived: it acts once all the same. */
async function send(address, fields) {
  const withOperation = [...fields, ["op", uuid()]];
  const answer = await post(address, withOperation, TIMEOUT);
  return isUnsure(answer) ? post(address, withOperation, TIMEOUT) : answer;
}

function showProgress(bar, action, at, all) {
  bar.querySelector(".bulk__status").textContent = `${doing[action]} ${at} of ${all}`;
  Object.assign(bar.querySelector(".bulk__progress"), { max: all, value: at });
}

/** What this page did to cards: their columns are fetched again. */
function showVersions(versions) {
  for (const [id, version] of Object.entries(versions)) showOwnChange(id, version);
}

async function runPortions(bar, ids, { action, value }) {
  const result = { changed: 0, skipped: 0, gone: 0, undo: [], problem: null, stopped: false, ids: [] };
  const stop = () => { result.stopped = true; };
  bar.querySelector("[data-stop]").addEventListener("click", stop);
  for (let at = 0; at < ids.length && !result.stopped && !result.problem; at += PORTION) {
    const portion = ids.slice(at, at + PORTION);
    showProgress(bar, action, at, ids.length);
    const fields = FIELDS[action] ? [[FIELDS[action], value]] : [];
    const answer = await send(bar.dataset.url, [["act", action], ...fields, ...portion.map((id) => ["task_id", id])]);
    if (!isDone(answer)) {
      result.problem = problemOf(answer);
      break;
    }
    for (const name of ["changed", "skipped", "gone"]) result[name] += answer.body[name];
    if (answer.body.undo) result.undo.unshift(answer.body.undo);
    result.ids.push(...portion);
    showVersions(answer.body.versions);
    showProgress(bar, action, at + portion.length, ids.length);
  }
  bar.querySelector("[data-stop]").removeEventListener("click", stop);
  return result;
}

/** Say what was done, and offer to take it back by the addresses in `undo`. */
function offer(text, kind, undo, label) {
  lastToast?.remove();
  lastToast = null;
  const act = () => takeBack(undo, label);
  if (undo.length && kind === "ok") offerUndo(text, "", undo[0], { kind: label === "Undo" ? "undo" : "redo", act, isBound: undo.length > 1 });
  else lastToast = toast(text, kind, undo.length ? { label, act } : null);
}

async function takeBack(addresses, label) {
  const undo = [];
  const reasons = [];
  let number = 0;
  let state = "as before";
  for (const address of addresses) {
    const answer = await send(address, []);
    if (!isDone(answer)) {
      reasons.push(problemOf(answer));
      continue;
    }
    number += answer.body.task_ids.length;
    reasons.push(...answer.body.refused);
    state = UNDONE[answer.body.undone] ?? state;
    if (answer.body.undo) undo.unshift(answer.body.undo);
    showVersions(Object.fromEntries(answer.body.task_ids.map((id) => [id, Infinity])));
  }
  const rest = reasons.length > MAX_REASONS ? ` And ${reasons.length - MAX_REASONS} more.` : "";
  const text = [`${cardsAre(number)} ${state}.`, ...reasons.slice(0, MAX_REASONS)].join(" ") + rest;
  offer(text, reasons.length ? "danger" : "ok", undo, label === "Undo" ? "Redo" : "Undo");
}

/** Do one action to all selected cards. `request`: {action, value, label}. */
export async function runBulkAction(bar, request) {
  if (bar.ariaBusy) return;
  const ids = selectedInOrder();
  bar.ariaBusy = "true";
  bar.classList.toggle("is-running", ids.length > PORTION);
  bar.querySelector(".bulk__run").hidden = ids.length <= PORTION;
  const result = await runPortions(bar, ids, request);
  bar.ariaBusy = null;
  bar.classList.remove("is-running");
  bar.querySelector(".bulk__run").hidden = true;
  const text = summarize(result, request, ids.length);
  offer(text, result.problem ? "danger" : "ok", result.undo, "Undo");
  announce(text);
  if (request.action === "delete") clearSelection(result.ids);
}
