// A long text that is being edited: saved by its button, by Ctrl+Enter, and by leaving.

import { hasFocusLeft, isLeftAlone, onceReleased, restoreField, saveOrRestore } from "./inline-form.js";

/** Edit a text; answers what cancels that. */
export function editText(form, field) {
  form.addEventListener("focusout", (event) => {
    if (hasFocusLeft(form, event)) onceReleased(() => isLeftAlone(form) || !document.hasFocus() || saveOrRestore(form, field));
  });
  field.setSelectionRange(field.value.length, field.value.length);
  return () => restoreField(form);
}
