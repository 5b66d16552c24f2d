// A line or a day that is being edited: saved by Enter, by leaving, and after a pause.

import { draftKey, keepDraft, readDraft } from "../lib/drafts.js";
import { showOwnChange } from "../lib/own-changes.js";
import { inTurn } from "../lib/request-queue.js";
import { uuid } from "../lib/uuid.js";
import { canSave, hasFocusLeft, isBusy, isLeftAlone, onceReleased, restoreField, saveOrRestore } from "./inline-form.js";
import { submitForm } from "./submit-form.js";

const PAUSE = 3000; // milliseconds without a key after which the field is saved

/** Save without closing: the form goes on with the new version and a new operation. */
async function saveMeanwhile(form, field) {
  if (!form.isConnected || !canSave(field)) return;
  const { taskId } = form.closest("[data-task-id]").dataset;
  const value = field.value;
  try {
    const change = await submitForm(form);
    showOwnChange(taskId, change.version);
    // Sent or left meanwhile, which sends the same once more, to say how to undo it.
    if ((!form.isConnected || isBusy(form)) && field.value === value) return;
    form.elements.version.value = change.version;
    form.elements.op.value = uuid();
    field.defaultValue = value;
    if (field.value !== value && readDraft(draftKey(form))) keepDraft(form); // written while this was on its way, and not discarded
    form.querySelector("[data-draft-note]").textContent = "Saved";
  } catch {
    // It is said when the form is closed; what was typed stays.
  }
}

/** Edit a line; answers what cancels that. */
export function editLine(form, field) {
  const initial = field.value;
  let timer = 0;
  let saving = null; // the save without closing that is on its way

  function saveSoon() {
    const own = inTurn(() => saveMeanwhile(form, field));
    saving = own;
    own.then(() => { if (saving === own) saving = null; });
  }

  const afterSaving = (act) => (saving ? saving.then(act) : act());

  function leave() {
    if (isLeftAlone(form)) return;
    if (!document.hasFocus()) saveSoon();
    else if (!form.contains(document.activeElement)) saveOrRestore(form, field); // else somebody has come back meanwhile
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(saveSoon, PAUSE);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  // What is sent with the operation of an earlier save would be refused: that one's answer brings a new one.
  form.addEventListener("htmx:confirm", (event) => {
    if (!saving) return;
    event.preventDefault();
    saving.then(() => {
      if (form.isConnected) event.detail.issueRequest(true);
      else form.dispatchEvent(new CustomEvent("forge:form-settled"));
    });
  });
  form.addEventListener("focusout", (event) => hasFocusLeft(form, event) && onceReleased(() => afterSaving(leave)));

  return () => {
    clearTimeout(timer);
    field.value = initial;
    afterSaving(() => {
      if (field.value === field.defaultValue) restoreField(form);
      else form.requestSubmit(); // what was saved on the way is taken back too
    });
  };
}
