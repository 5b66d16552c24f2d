// An open task is about to be taken away, with what is being written in it: lines, days and texts are saved without their forms, as is a
// checklist step. What can't be saved, or is sent by a button only, stays a draft, and that is said.

import { draftKey, isDirty, keptControls, readDraft } from "../lib/drafts.js";
import { showOwnChange } from "../lib/own-changes.js";
import { inTurn } from "../lib/request-queue.js";
import { toast } from "../lib/toast.js";
import { offerUndo } from "../lib/undo.js";
import { submitForm } from "./submit-form.js";

const SAVED = "form.inline-field__form, form.checklist__add";
const KEPT = "What you wrote is kept on this device.";
const submitters = new WeakMap(); // the button by which a form is being sent

// While capturing, as htmx stops it.
document.addEventListener("submit", ({ target, submitter }) => submitters.set(target, submitter), { capture: true });

const isBusy = (form) => form.hasAttribute("aria-busy");
const isWritten = (form) => keptControls(form).some(isDirty);
const labelOf = (form) => form.querySelector("label")?.textContent ?? form.closest(".property-row")?.querySelector("dt").textContent ?? "Step";

/** Save a form that has left the page. */
async function save(form, submitter, taskId, label, reopen) {
  try {
    const change = await submitForm(form, submitter);
    offerUndo(`${label} saved.`, taskId, change.event);
    showOwnChange(taskId, change.version);
  } catch (error) {
    toast(`${label} is not saved: ${error.message} ${KEPT}`, "danger", { label: "Open", act: reopen });
  }
}

/** Save what the open editors in `root` hold; `reopen` shows them again. Called before they are taken away. */
export function leaveEditors(root, reopen) {
  const taskId = root.querySelector("[data-task-id]")?.dataset.taskId ?? root.dataset.taskId;
  const forms = [...root.querySelectorAll(SAVED)];
  const saved = forms.filter((form) => isBusy(form) || isWritten(form) && form.checkValidity());
  for (const form of saved) {
    const details = [taskId, labelOf(form), reopen];
    if (!isBusy(form)) inTurn(() => save(form, null, ...details));
    // Its answer finds nothing to be put into: it is asked for again, under the same operation id.
    else form.addEventListener("htmx:afterRequest", () => inTurn(() => save(form, submitters.get(form), ...details)), { once: true });
  }
  const kept = [...root.querySelectorAll("form")].filter((form) => !saved.includes(form) && isWritten(form) && readDraft(draftKey(form)));
  if (kept.length) toast(KEPT, "info", { label: "Continue", act: reopen });
}

/** Forget what the open editors in `root` hold: somebody has cancelled. */
export const cancelEditors = (root) => root.querySelectorAll(SAVED).forEach((form) => form.reset());

// The page itself goes away: what was being sent is sent once more, so that leaving doesn't cut it off. What was not stays a draft.
window.addEventListener("pagehide", () => {
  for (const form of document.querySelectorAll(SAVED)) if (isBusy(form)) submitForm(form, submitters.get(form)).catch(() => {});
});
