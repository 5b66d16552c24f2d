// Every form: sent once, and ready for the next after a success.

import { behaviour } from "../lib/behaviours.js";
import { guardAgainstDoubleSubmit, resetAfterSuccess } from "../lib/form-guard.js";

behaviour("form", (form) => {
  guardAgainstDoubleSubmit(form);
  if (form.hasAttribute("hx-post")) resetAfterSuccess(form);
});

/** A form that came back with errors: go to the first of them. */
export const focusFirstError = (root) => root.querySelector("form [aria-invalid=true]")?.focus();
