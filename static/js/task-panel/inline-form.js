// The form of a field: while it is open, the field as it was shown is kept, and is put back when the form is closed unsaved.

import htmx from "../../vendor/htmx.js";
import { startBehaviours } from "../lib/behaviours.js";
import { refreshTimes } from "../lib/times.js";

const shown = new Map(); // the field as it was shown, by its id, while its form stands there
const closing = new WeakSet(); // forms that are being taken away: that takes the focus from them, which must not close them again
let returning = null; // the id of the field whose form had the focus when its answer came
let isPressed = false;
const afterRelease = [];

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const target = detail.target;
  if (!target.matches?.(".inline-field") || !target.isConnected) return; // its task may be closed by now, and another one open
  if (!target.querySelector(".inline-field__form")) shown.set(target.id, target);
  else if (target.contains(document.activeElement)) returning = target.id;
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
export const shownBefore = (id) => shown.get(id);

/** Whether a form that loses the focus must be left as it is. */
export const isLeftAlone = (form) => !form.isConnected || closing.has(form) || form.hasAttribute("aria-busy");

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
  const before = shown.get(field?.id);
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
