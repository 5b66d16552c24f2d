// A long text that is being edited: saved by its button or Ctrl+Enter.

import { restoreField } from "./inline-form.js";

/** Edit a text; answers what cancels that. */
export function editText(form, field) {
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  field.setSelectionRange(field.value.length, field.value.length);
  return () => restoreField(form);
}
