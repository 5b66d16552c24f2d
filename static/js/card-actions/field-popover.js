// Editing one field of a card beside it, by the form that the field has on its task's page.

import htmx from "../../vendor/htmx.js";
import { loadTaskPanel } from "../board/task-opener.js";
import { cardKey, findCard, titleLink } from "../lib/card.js";
import { discardDraft, draftKey } from "../lib/drafts.js";
import { isEscape } from "../lib/keyboard.js";
import { orToast } from "../lib/lazy.js";
import { createPopover } from "../lib/popover.js";
import { selectCard } from "../lib/selected-card.js";
import { toast } from "../lib/toast.js";
import { showFieldChange } from "./field-changes.js";
import { placeAtCard } from "./placement.js";

const CONTROLS = ".option[aria-current], .option, select, input:not([type=hidden]), textarea";
let popover = null;
let panel = null; // the module of an open task, whose editors these are
let edited = null; // {taskId, field, label, words} of the open popover

function onToggle({ newState }) {
  if (newState === "open" || !edited) return;
  const card = findCard(edited.taskId);
  const { taskId, field, label } = edited;
  popover.dataset.taskId = taskId;
  panel?.leaveEditors(popover, () => findCard(taskId) && editField(findCard(taskId), field, label));
  const hadFocus = popover.contains(document.activeElement) || document.activeElement === document.body;
  edited = null;
  popover.replaceChildren();
  card?.classList.remove("is-popover-anchor");
  if (card && hadFocus) selectCard(card);
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
  popover.addEventListener("toggle", onToggle);
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
  await htmx.ajax("GET", `${titleLink(card).href}/fields/${field}`, { target: container, swap: "innerHTML" })
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
  if (!popover) createEditor();
  if (popover.matches(":popover-open")) popover.hidePopover();
  popover.ariaLabel = `${label} of ${cardKey(card)}`;
  panel = await orToast(loadTaskPanel()); // its code makes the form save by itself
  if (!(await fetchForm(card, field)).childElementCount) return;
  edited = { taskId: card.dataset.taskId, field, label, words: `${label} of ${cardKey(card)} changed` };
  card.classList.add("is-popover-anchor");
  popover.showPopover();
  placeAtCard(popover, card, "below");
  focusForm();
}
