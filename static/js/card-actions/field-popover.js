// Editing one field of a card beside it, by the form that the field has on its task's page.

import htmx from "../../vendor/htmx.js";
import { loadTaskPanel } from "../board/task-opener.js";
import { cardKey, findCard, isRow, titleLink } from "../lib/card.js";
import { mayTakeFocus } from "../lib/dom.js";
import { discardDraft, draftKey } from "../lib/drafts.js";
import { isEscape } from "../lib/keyboard.js";
import { createTurns } from "../lib/latest.js";
import { orToast } from "../lib/lazy.js";
import { createPopover } from "../lib/popover.js";
import { selectCard } from "../lib/selected-card.js";
import { toast } from "../lib/toast.js";
import { showFieldChange } from "./field-changes.js";
import { placeAtCard } from "./placement.js";

const CONTROLS = ".option[aria-current], .option, select, input:not([type=hidden]), textarea";
const beginTurn = createTurns();
let popover = null;
let panel = null; // the module of an open task, whose editors these are
let edited = null; // {taskId, field, label, words} of the open popover

/** The cell of a field in the row of a table; else the card. */
const anchorOf = (card, field) => card.querySelector(`[data-field="${field}"]`) ?? card;

function focusField(card, field) {
  const cell = isRow(card) && anchorOf(card, field).querySelector(".table__value");
  if (cell) cell.focus({ preventScroll: true });
  else selectCard(card);
}

/** Save what was written in the popover, which has been closed, and empty it. */
function settle() {
  if (!edited) return;
  const card = findCard(edited.taskId);
  const { taskId, field, label } = edited;
  panel?.leaveEditors(popover, () => findCard(taskId) && editField(findCard(taskId), field, label));
  const hadFocus = mayTakeFocus(popover);
  edited = null;
  popover.replaceChildren();
  card?.classList.remove("is-popover-anchor");
  if (card && hadFocus) focusField(card, field);
}

/** Close the popover now: of that the browser tells later, when the next form may be in it. */
function close() {
  if (popover.matches(":popover-open")) popover.hidePopover();
  settle();
}

function cancel() {
  const form = popover.querySelector("form");
  if (form) discardDraft(draftKey(form));
  panel?.cancelEditors(popover);
  popover.hidePopover();
}

function createEditor() {
  popover = createPopover("field-popover", "auto");
  popover.role = "dialog";
  popover.addEventListener("toggle", ({ newState }) => newState === "closed" && settle());
  popover.addEventListener("change", ({ target }) => target.matches("select") && target.form.requestSubmit());
  popover.addEventListener("click", (event) => {
    if (!event.target.closest("[data-cancel]")) return;
    event.preventDefault();
    cancel();
  });
  popover.addEventListener("keydown", (event) => {
    if (!isEscape(event)) return;
    event.preventDefault();
    event.stopPropagation();
    cancel();
  }, { capture: true });
  popover.addEventListener("htmx:afterSettle", () => {
    if (popover.querySelector(".inline-field--open")) popover.querySelector(CONTROLS)?.focus();
  });
  // The server's word that the field was changed; no other part of the page needs it.
  popover.addEventListener("forge:task-changed", (event) => {
    event.stopPropagation();
    const { taskId, field, words } = edited;
    popover.replaceChildren(); // it is saved
    popover.hidePopover();
    showFieldChange(taskId, field, event.detail, words);
  });
}

/** Fetch a field's form into the popover; its container, empty where that failed (which has been said). */
async function fetchForm(card, field) {
  // A field that has a name beside it is a line of a list.
  const container = document.createElement(field === "title" ? "div" : "dl");
  popover.replaceChildren(container);
  // Without a source of its own htmx would let the request wait for the one before.
  await htmx.ajax("GET", `${titleLink(card).href}/fields/${field}`, { source: container, target: container, swap: "innerHTML" })
    .catch(() => toast("No connection, so this can’t be opened.", "danger"));
  return container;
}

function focusForm() {
  const control = popover.querySelector(".option[aria-current]") ?? popover.querySelector(CONTROLS);
  control?.focus();
  if (control?.matches("[type=text]")) control.select();
}

/** Edit one field of a card beside it. */
export async function editField(card, field, label) {
  const isWanted = beginTurn();
  const { taskId } = card.dataset;
  if (!popover) createEditor();
  close();
  panel = await orToast(loadTaskPanel()); // its code makes the form save by itself
  if (!isWanted()) return;
  const form = await fetchForm(card, field);
  const shown = findCard(taskId);
  if (!isWanted() || !shown || !form.childElementCount) {
    form.remove();
    return;
  }
  edited = { taskId, field, label, words: `${label} of ${cardKey(shown)} changed` };
  popover.ariaLabel = `${label} of ${cardKey(shown)}`;
  popover.dataset.taskId = taskId;
  shown.classList.add("is-popover-anchor");
  popover.showPopover();
  placeAtCard(popover, anchorOf(shown, field), "below");
  focusForm();
}
