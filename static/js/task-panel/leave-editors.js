// An open task is about to be taken away, with what is being written in it: lines, days and texts are saved without their forms, as is a
// checklist step. What can't be saved, or is sent by a button only, stays a draft, and that is said.

import { draftKey, isDirty, keptControls, readDraft } from "../lib/drafts.js";
import { showOwnChange } from "../lib/own-changes.js";
import { inTurn } from "../lib/request-queue.js";
import { toast } from "../lib/toast.js";
import { offerUndo } from "../lib/undo.js";
import { isBusy } from "./inline-form.js";
import { submitForm } from "./submit-form.js";

const SAVED = "form.inline-field__form, form.checklist__add";
const ANSWERS = ["htmx:beforeOnLoad", "htmx:sendError"];
const SETTLED = ["htmx:afterRequest", "forge:form-settled"];
const KEPT = "What you wrote is kept on this device.";
const submitters = new WeakMap(); // the button by which a form is being sent

// While capturing, as htmx stops it.
document.addEventListener("submit", ({ target, submitter }) => submitters.set(target, submitter), { capture: true });

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

/** The answer to a form on its way finds nothing to be put into: it is asked for again, under the same operation id. */
function askAgain(form, send) {
  for (const name of ANSWERS) form.addEventListener(name, (event) => event.preventDefault(), { capture: true });
  for (const name of SETTLED) form.addEventListener(name, () => inTurn(send), { once: true });
}

/** Save what the open editors in `root` hold; `reopen` shows them again. Called before they are taken away. */
export function leaveEditors(root, reopen) {
  const taskId = root.querySelector("[data-task-id]")?.dataset.taskId ?? root.dataset.taskId;
  const forms = [...root.querySelectorAll(SAVED)];
  const saved = forms.filter((form) => isBusy(form) || isWritten(form) && form.checkValidity());
  for (const form of saved) {
    const details = [taskId, labelOf(form), reopen];
    if (isBusy(form)) askAgain(form, () => save(form, submitters.get(form), ...details));
    else inTurn(() => save(form, null, ...details));
  }
  const hasDraft = (form) => readDraft(draftKey(form));
  const kept = [...root.querySelectorAll("form")].filter((form) => !saved.includes(form) && isWritten(form) && hasDraft(form));
  const sayKept = () => toast(KEPT, "info", { label: "Continue", act: reopen });
  // What is being sent by its button is kept if its answer leaves it so.
  for (const form of kept.filter(isBusy)) form.addEventListener("htmx:afterRequest", () => hasDraft(form) && sayKept(), { once: true });
  if (!kept.every(isBusy)) sayKept();
}

/** Forget what the open editors in `root` hold: somebody has cancelled. */
export const cancelEditors = (root) => root.querySelectorAll(SAVED).forEach((form) => form.reset());

// The page itself goes away: what was being sent is sent once more, so that leaving doesn't cut it off. What was not stays a draft.
window.addEventListener("pagehide", () => {
  for (const form of document.querySelectorAll(SAVED)) if (isBusy(form)) submitForm(form, submitters.get(form)).catch(() => {});
});
