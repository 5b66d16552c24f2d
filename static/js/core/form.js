// Every form: sent once, and ready for the next after a success. A log-out forgets the drafts of this device.

import { behaviour } from "../lib/behaviours.js";
import { discardAllDrafts } from "../lib/drafts.js";
import { guardAgainstDoubleSubmit, resetAfterSuccess } from "../lib/form-guard.js";
import { discardWaiting } from "../lib/offline.js";

behaviour("form", (form) => {
  guardAgainstDoubleSubmit(form);
  if (form.hasAttribute("hx-post")) resetAfterSuccess(form);
  if (form.hasAttribute("data-clear-device")) form.addEventListener("submit", () => {
    discardAllDrafts();
    discardWaiting();
  });
});

/** A form that came back with errors: go to the first of them. */
export const focusFirstError = (root) => root.querySelector("form [aria-invalid=true]")?.focus();
