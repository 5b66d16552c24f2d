// The form of a field: while it is open, the field as it was shown is kept, and is put back when the form is closed unsaved.

import htmx from "../../vendor/htmx.js";
import { startBehaviours } from "../lib/behaviours.js";
import { isTyping } from "../lib/keyboard.js";
import { inTurn } from "../lib/request-queue.js";
import { refreshTimes } from "../lib/times.js";

const shown = new Map(); // {field, panel}: the field as it was shown in an open task, by its id, while its form stands there
const closing = new WeakSet(); // forms that are being taken away: that takes the focus from them, which must not close them again
let returning = null; // the id of the field whose form had the focus when its answer came
let isPressed = false;
const afterRelease = [];

document.addEventListener("htmx:beforeRequest", ({ detail: { requestConfig } }) => { requestConfig.focused = document.activeElement; });

/** Whether an answer would take something from somebody: a form the focus, as they write elsewhere since they asked for it; the main column,
    which comes by itself, the form that is open in it. */
function isUnwelcome({ target, requestConfig: { verb, focused } }) {
  if (target.matches("#task-main:has(.inline-field__form, form.edit)")) return true;
  const { activeElement } = document;
  const bringsForm = verb === "get" && target.matches(".inline-field, #task-details:not(form)");
  return bringsForm && activeElement !== focused && isTyping(activeElement);
}

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { target } = detail;
  if (isUnwelcome(detail)) detail.shouldSwap = false;
  else if (target.matches(".inline-field")) {
    if (!target.querySelector(".inline-field__form")) shown.set(target.id, { field: target, panel: target.closest(".task-panel") });
    else returning = target.contains(document.activeElement) ? target.id : null;
  }
});

// A form takes the place of a field that is being left for it: it is asked for once that is saved, or it would hold what was there before.
document.addEventListener("htmx:confirm", (event) => {
  const { elt, target, issueRequest } = event.detail;
  const form = target.querySelector(".inline-field__form");
  if (!form || elt.contains(form)) return;
  event.preventDefault();
  setTimeout(async () => { // after what waits for the press to end
    await inTurn(() => {});
    if (!isBusy(form)) issueRequest(true);
    else form.addEventListener("htmx:afterRequest", ({ detail: { xhr } }) => xhr.status < 400 && issueRequest(true), { once: true });
  });
});

// After saving, the focus is where the field is, unless it has gone elsewhere.
document.addEventListener("htmx:load", ({ detail }) => {
  if (detail.elt.id !== returning || detail.elt.querySelector(".inline-field__form")) return;
  returning = null;
  detail.elt.querySelector(".inline-field__edit")?.focus({ preventScroll: true });
});

document.addEventListener("pointerdown", () => { isPressed = true; }, { capture: true });
for (const name of ["pointerup", "pointercancel"]) {
  document.addEventListener(name, () => setTimeout(() => {
    isPressed = false;
    for (const act of afterRelease.splice(0)) act();
  }), { capture: true });
}

/** Act once no button is pressed: a press that leaves a form must not find the page moved under it before it is a click. */
export const onceReleased = (act) => (isPressed ? afterRelease.push(act) : act());

/** The field as it was shown before its form was opened, to compare it with what has become of it. */
export function shownBefore(field) {
  const before = shown.get(field.id);
  return before?.panel === field.closest(".task-panel") ? before?.field : null;
}

/** Whether a form is being sent. */
export const isBusy = (form) => form.hasAttribute("aria-busy");

/** Whether a form that loses the focus must be left as it is. */
export const isLeftAlone = (form) => !form.isConnected || closing.has(form) || isBusy(form);

/** Whether the focus has left a form for another part of the page. */
export const hasFocusLeft = (form, event) => !isLeftAlone(form) && !form.contains(event.relatedTarget);

/** Whether a field of a form holds something new that may be saved. */
export const canSave = (field) => field.value !== field.defaultValue && field.checkValidity();

/** Leave a form: what is new in its field is saved; else the field is shown again, unless its form has something to say. */
export function saveOrRestore(form, field) {
  if (canSave(field)) form.requestSubmit();
  else if (!form.querySelector("[aria-invalid], .inline-field__conflict")) restoreField(form);
}

/** Close a form: the field stands there as it was before. */
export function restoreField(form) {
  const field = form.closest(".inline-field");
  const before = field && shownBefore(field);
  if (!before || closing.has(form)) return;
  closing.add(form);
  const focused = field.contains(document.activeElement);
  field.replaceWith(before);
  htmx.process(before);
  startBehaviours(before);
  refreshTimes(before);
  if (focused) before.querySelector(".inline-field__edit")?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("forge:task-stale"));
}
