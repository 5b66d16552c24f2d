// A field that is shown: a click anywhere on it opens its form; an unsaved draft of it is mentioned.

import { behaviour } from "../lib/behaviours.js";
import { createElement } from "../lib/dom.js";
import { readDraft } from "../lib/drafts.js";

behaviour("inline-field", (field) => {
  const open = () => field.querySelector(".inline-field__edit").click();
  field.addEventListener("click", (event) => {
    if (event.target.closest("a, button") || !getSelection().isCollapsed) return;
    open();
  });
  if (!readDraft(field.dataset.draftOf)) return;
  const note = createElement("button", "button button--small inline-field__draft", {
    type: "button", textContent: "Unsaved draft: continue",
  });
  note.addEventListener("click", open);
  (field.querySelector("dd") ?? field).append(note);
});
