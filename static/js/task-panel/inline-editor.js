// The open form of a field. Esc, and its own button, put back what was there.

import { behaviour } from "../lib/behaviours.js";
import { discardDraft, draftKey } from "../lib/drafts.js";
import { isEscape } from "../lib/keyboard.js";
import { editChoice } from "./edit-choice.js";
import { editLine } from "./edit-line.js";
import { editText } from "./edit-text.js";

const editors = { choice: editChoice, text: editText }; // by data-control; others are lines

behaviour("inline-editor", (form) => {
  if (!form.hasAttribute("hx-post")) return; // a page of its own
  const field = form.elements.value instanceof RadioNodeList ? null : form.elements.value;
  const cancel = (editors[form.dataset.control] ?? editLine)(form, field);
  form.querySelector("[data-cancel]").addEventListener("click", (event) => {
    event.preventDefault();
    cancel();
  });
  form.addEventListener("keydown", (event) => {
    if (!isEscape(event)) return;
    event.preventDefault();
    event.stopPropagation();
    if (form.dataset.control !== "text") discardDraft(draftKey(form));
    cancel();
  });
});
