// Changing a card by a key: seen at once, sent to the field's own address, and rendered again when the server has answered.

import { cardKey, findCard, focusOf, titleLink } from "../lib/card.js";
import { announce, markBoardStale } from "../lib/dom.js";
import { fetchHtml, isLoggedOut, post } from "../lib/http.js";
import { cancelRetry, retryOnNextPage, retryWhenOnline } from "../lib/offline.js";
import { inTurn } from "../lib/request-queue.js";
import { refreshTimes } from "../lib/times.js";
import { toast } from "../lib/toast.js";
import { offerUndo } from "../lib/undo.js";
import { uuid } from "../lib/uuid.js";

const FAILED = "That did not work, and nothing was changed.";
const OFFLINE = "You are offline. This is changed when you are back.";
/** Where a field is sent to; "dates" are start and due date at once, in the form of all fields. */
const fieldUrl = (card, field) => `${titleLink(card).getAttribute("href")}/${field === "dates" ? "edit" : `fields/${field}`}`;

const unanswered = new Map(); // task id: how many changes of its card are painted that the server has yet to answer

/** A change of a card is painted (1) or answered (-1). */
function count(taskId, by) {
  const left = (unanswered.get(taskId) ?? 0) + by;
  if (left) unanswered.set(taskId, left);
  else unanswered.delete(taskId);
}

const waitingKey = (taskId, field) => `${taskId}:${field}`;

/** Render one card as the server has it now; the focus stays with it. Not over a later change, whose own answer renders it. */
async function refreshCard(taskId) {
  const { rowsUrl, rowQuery } = document.querySelector(".board__columns").dataset; // of a table
  const address = rowsUrl ? `${rowsUrl}/${taskId}?${rowQuery}` : `${titleLink(findCard(taskId)).href}/card`;
  const html = await fetchHtml(address);
  const old = findCard(taskId);
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(".card");
  if (!old || !fresh || unanswered.has(taskId) || Number(fresh.dataset.version) < Number(old.dataset.version)) return;
  if (old.matches(".is-dragging, .is-ghost")) return markBoardStale(); // which waits for the drop
  const focusAgain = focusOf(old);
  fresh.classList.toggle("is-popover-anchor", old.classList.contains("is-popover-anchor"));
  old.replaceWith(fresh);
  refreshTimes(fresh);
  focusAgain?.(fresh);
}

/** This page changed a field of a task: show it, say it, and offer the way back. `change` is {version, event}. */
export async function showFieldChange(taskId, field, change, words) {
  const card = findCard(taskId);
  if (card) card.dataset.version = change.version; // before the live stream tells of it
  offerUndo(words, taskId, change.event);
  if (!card) return;
  const { lanes, movedBy = "column" } = document.querySelector(".board__columns").dataset;
  await refreshCard(taskId).catch(() => {}); // without a connection it stays as painted until the stream is back
  if (lanes || movedBy.split(" ").includes(field)) markBoardStale(); // it is elsewhere now
}

/** What sends a change from any page. Without a version it is made whatever others changed. */
const requestOf = (card, field, value, { words, op }, version = "") => ({
  url: fieldUrl(card, field),
  fields: { ...(field === "dates" ? value : { value }), version, op },
  text: `${cardKey(card)}: ${words}`,
  taskId: card.dataset.taskId,
});

async function send(changed, field, value, change) {
  const { taskId } = changed.dataset;
  const card = findCard(taskId) ?? changed; // another filter may have taken it off the page, where nothing keeps its version up to date
  const version = card.isConnected ? card.dataset.version : "";
  // Ahead of the server, so that the live stream's word of it is no news.
  if (version) card.dataset.version = Number(version) + 1;
  const request = requestOf(card, field, value, change, version);
  const { status, body } = await post(request.url, request.fields);
  count(taskId, -1);
  if (status === 200 && body) {
    announce(`${request.text}.`); // not before it is so
    await showFieldChange(taskId, field, body, request.text);
    // Somebody else's change came before, and its hint was taken for the word of this one.
    if (version && body.version > Number(version) + 1) markBoardStale();
    return;
  }
  const shown = findCard(taskId);
  if (shown && version) shown.dataset.version = version;
  const isUnsure = status === 0 || status >= 500; // with the same operation id it acts once, even if it had arrived
  const retry = () => findCard(taskId) && changeField(findCard(taskId), field, value, change);
  if (status === 401) retryOnNextPage(waitingKey(taskId, field), request);
  else if (!status && retryWhenOnline(waitingKey(taskId, field), retry, request)) toast(OFFLINE, "danger");
  else toast(body?.error?.message ?? FAILED, "danger", isUnsure ? { label: "Retry", act: retry } : null);
  // The card may stand where it is not, and a hint of somebody else's change may have been taken for the word of this one.
  refreshCard(taskId).then(markBoardStale, () => status && markBoardStale());
}

/** Set a field of a card; the value of "dates" is {start_at, due_at}. `paint` shows it before the server has answered; `words` say what was done. */
export function changeField(card, field, value, { words, paint, op = uuid() }) {
  cancelRetry(waitingKey(card.dataset.taskId, field));
  paint(card);
  count(card.dataset.taskId, 1);
  const change = { words, paint, op };
  return inTurn(
    () => send(card, field, value, change),
    (begun) => {
      if (!begun || isLoggedOut()) retryOnNextPage(waitingKey(card.dataset.taskId, field), requestOf(card, field, value, change));
    },
  );
}
