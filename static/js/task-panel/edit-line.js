// A line or a day that is being edited: saved by Enter, by leaving, and after a pause.

import { keepDraft } from "../lib/drafts.js";
import { showOwnChange } from "../lib/own-changes.js";
import { uuid } from "../lib/uuid.js";
import { canSave, hasFocusLeft, isLeftAlone, onceReleased, restoreField, saveOrRestore } from "./inline-form.js";
import { submitForm } from "./submit-form.js";

const PAUSE = 3000; // milliseconds without a key after which the field is saved

/** Save without closing: the form goes on with the new version and a new operation. */
async function saveMeanwhile(form, field) {
  const value = field.value;
  try {
    const change = await submitForm(form);
    form.elements.version.value = change.version;
    form.elements.op.value = uuid();
    field.defaultValue = value;
    if (field.value !== value) keepDraft(form); // written while this was on its way
    form.dataset.saved = "";
    form.querySelector("[data-draft-note]").textContent = "Saved";
    showOwnChange(form.closest("[data-task-id]").dataset.taskId, change.version);
  } catch {
    // It is said when the form is closed; what was typed stays.
  }
}

/** Edit a line; answers what cancels that. */
export function editLine(form, field) {
  const initial = field.value;
  let timer = 0;

  function leave() {
    if (isLeftAlone(form)) return;
    if (!document.hasFocus()) {
      if (canSave(field)) saveMeanwhile(form, field);
    } else saveOrRestore(form, field);
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => form.isConnected && canSave(field) && saveMeanwhile(form, field), PAUSE);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  form.addEventListener("focusout", (event) => hasFocusLeft(form, event) && onceReleased(leave));

  return () => {
    clearTimeout(timer);
    if ("saved" in form.dataset && field.value !== initial) {
      field.value = initial; // what was saved on the way is taken back too
      form.requestSubmit();
    } else restoreField(form);
  };
}
