// Moving cards: a card is at its new place at once, while the fields of its own move form are sent to that form's address.
// What is refused slides back, with the server's sentence and a Retry; what went well can be undone, and slides back as soon as asked.

import { findCard, focusCard, titleLink } from "../lib/card.js";
import { announce, markBoardStale } from "../lib/dom.js";
import { isLoggedOut, post } from "../lib/http.js";
import { cancelRetry, retryOnNextPage, retryWhenOnline } from "../lib/offline.js";
import { reportOwnChange } from "../lib/own-changes.js";
import { inTurn, keepWaiting } from "../lib/request-queue.js";
import { toast } from "../lib/toast.js";
import { offerUndo } from "../lib/undo.js";
import { uuid } from "../lib/uuid.js";
import { recountColumn } from "./column-counts.js";
import { laneFields, laneSuffix, recountLanes, redrawInLane, shownLanes } from "./lanes.js";
import { animateMove } from "./motion.js";
import { findColumn, placeOf, putCard } from "./placement.js";

const OFFLINE = "You are offline. The card is moved again when you are back.";
const pending = new Set(); // moves that the server has not answered yet
let lastToast = null;
let cancelDragOf = () => {};
window.addEventListener("pagehide", keepWaiting);

const columnName = (columnId) => document.getElementById(`column-${columnId}-name`).textContent;

/** Register what puts a card that is being dragged back where the drag began. */
export function registerDragCancel(cancel) {
  cancelDragOf = cancel;
}

function recount(from, to) {
  if (from.lane !== to.lane) recountLanes(from.lane, to.lane);
  if (from.columnId === to.columnId) return;
  recountColumn(from.columnId, -1);
  recountColumn(to.columnId, 1);
}

/** Focus a card that was moved; where its column is folded, the next card of where it was. */
function focusNear(card, from) {
  const near = card.checkVisibility() ? card : findCard(from.beforeId) ?? findCard(from.afterId);
  const target = near ? titleLink(near) : card.closest(".column").querySelector(".column__tool--open");
  target?.focus({ preventScroll: true });
}

/** Put a card somewhere and tell the server; `options` are those of commitMove. */
export function moveCard(card, to, options) {
  const from = placeOf(card);
  const start = card.getBoundingClientRect();
  const focused = card.contains(document.activeElement);
  putCard(card, to);
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (focused) focusNear(card, from);
  animateMove(card, start);
  commitMove(card, from, options);
}

/** Tell the server where a card has been put. `from`: where it was; `undoes`: {event, kind} of the move that this takes back;
    `fields`: what an earlier try sent, of which nobody knows if it arrived; `anyVersion`: whatever others changed;
    `place`: "top" or "bottom" of the whole column, of which this page may show a part; else beside its neighbours here;
    `anyway`: although the column is full. */
export function commitMove(card, from, options = {}) {
  const to = placeOf(card);
  const move = { taskId: card.dataset.taskId, card, from, to, lanes: shownLanes(), dropped: false, ...options };
  recount(from, to);
  cancelRetry(move.taskId);
  pending.add(move);
  inTurn(() => move.dropped || send(move), (begun) => {
    if (move.dropped || begun && !isLoggedOut()) return;
    move.anyVersion ||= pending.size > 1; // one that is on its way may be of the same card
    retryOnNextPage(move.taskId, requestOf(move));
  }).finally(() => pending.delete(move));
}

async function send(move) {
  const { url, fields } = requestOf(move);
  const { status, body } = await post(url, fields);
  if (status === 200 && body) accept(move, body);
  else revert(move, status, body?.error);
}

/** What sends a move from any page, once it can be sent; always with the same operation id. */
function requestOf(move) {
  const shown = findCard(move.taskId);
  const card = shown ?? move.card; // another filter may have taken it off the page, where nothing keeps its version up to date
  move.fields ??= move.undoes ? { event: move.undoes.event, op: uuid() } : {
    column_id: move.to.columnId,
    ...(move.place ? { place: move.place } : { before_id: move.to.beforeId, after_id: move.to.afterId }),
    version: move.anyVersion || !shown ? "" : card.dataset.version,
    op: uuid(),
    ...(move.anyway ? { anyway: "1" } : {}),
    ...laneFields(move),
  };
  const url = move.undoes ? `/tasks/${move.taskId}/undo` : card.querySelector(".card__move").getAttribute("href");
  return { url, fields: move.fields, text: `Moved to ${columnName(move.to.columnId)}`, taskId: move.taskId };
}

function showToast(text, kind, label, act) {
  lastToast?.remove();
  lastToast = toast(text, kind, label && { label, act });
}

/** What follows the sentence of a move into a column: that it holds more than it should. */
function limitNote({ columnId }) {
  const { count, limit } = document.getElementById(`column-${columnId}-head`).dataset;
  return Number(limit) && Number(count) > limit ? ` (over its limit: ${count} of ${limit})` : "";
}

/** Say a move to screen readers: not before the server has accepted it. */
function announceMove(card, { to }) {
  const place = [...card.parentElement.querySelectorAll(".card")].indexOf(card) + 1;
  announce(`${titleLink(card).textContent}: moved to ${columnName(to.columnId)}${laneSuffix(to.lane)}, place ${place}${limitNote(to)}.`);
}

function accept(move, { version, event, ...drawing }) {
  const card = findCard(move.taskId);
  if (card) {
    card.dataset.version = version;
    announceMove(card, move);
  }
  reportOwnChange(move.taskId, version); // it may be open over the board
  if (card && drawing.card && move.lanes === shownLanes()) redrawInLane(card, drawing);
  else if (card && move.from.lane !== move.to.lane) markBoardStale(); // undone: its tags are others, too
  lastToast?.remove();
  const text = `Moved to ${columnName(move.to.columnId)}${laneSuffix(move.to.lane)}${limitNote(move.to)}`;
  const kind = move.undoes?.kind === "undo" ? "redo" : "undo";
  lastToast = offerUndo(move.undoes ? `${text} again` : text, move.taskId, event, {
    kind,
    act: () => moveAgain(move, move.from, { undoes: { event, kind } }),
    isNew: !move.undoes,
  });
}

function putBack(card, from) {
  cancelDragOf(card);
  if (!findColumn(from.columnId, from.lane)) { // other lanes are shown now
    markBoardStale();
    return;
  }
  const start = card.getBoundingClientRect();
  const focused = card.contains(document.activeElement);
  recount(placeOf(card), from);
  putCard(card, from);
  if (focused) focusCard(card);
  animateMove(card, start);
}

function revert(move, status, error) {
  // What was done with the card since began at a place where it never was.
  for (const later of pending) if (later.taskId === move.taskId) later.dropped = true;
  const card = findCard(move.taskId);
  if (card) putBack(card, move.from);
  const isUnsure = status === 0 || status >= 500;
  const options = {
    undoes: move.undoes,
    place: move.place,
    fields: isUnsure ? move.fields : null, // with the same operation id it acts once, even if it had arrived
    anyVersion: move.anyVersion || error?.code === "stale_version",
    anyway: error?.overridable ?? move.anyway,
  };
  // A full column stays full: it is tried again by those who may put a card there all the same.
  const label = error?.code !== "wip_limit" ? "Retry" : error.overridable && !move.undoes && "Move anyway";
  const retry = () => moveAgain(move, move.to, options);
  if (status === 401) retryOnNextPage(move.taskId, requestOf(move));
  else if (!status && retryWhenOnline(move.taskId, retry, requestOf(move))) showToast(OFFLINE, "danger");
  else showToast(error?.message ?? `${status ? "That did not work" : "No connection"}. The card is back where it was.`, "danger", label, retry);
}

/** Move a card once more; false where it, or the place, is not on the page (any more). */
function moveAgain(move, place, options) {
  const card = findCard(move.taskId);
  if (!card || !findColumn(place.columnId, place.lane)) return false;
  moveCard(card, place, options);
  return true;
}
