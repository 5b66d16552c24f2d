// Drafts: what is typed into [data-draft-field] is kept on this device until the server has it.
// A draft keeps the version that it was written against, so that an old one meets the conflict page instead of overwriting others' work.

import { behaviour } from "../lib/behaviours.js";
import { discardDraft, noteSentDraft, readDraft, writeDraft } from "../lib/drafts.js";

function restore(form, fields, note) {
  const draft = readDraft(form.dataset.draft);
  if (!draft) return;
  let restored = false;
  for (const field of fields) {
    const text = draft.fields[field.name];
    if (text === undefined || text === field.value) continue;
    field.value = text;
    restored = true;
  }
  if (!restored) return;
  if (form.elements.version && draft.version) form.elements.version.value = draft.version;
  if (note) note.textContent = "Restored from this device";
}

behaviour("draft-form", (form) => {
  const key = form.dataset.draft;
  const fields = [...form.querySelectorAll("[data-draft-field]")];
  restore(form, fields, form.querySelector("[data-draft-note]"));
  form.addEventListener("input", (event) => {
    if (!event.target.hasAttribute("data-draft-field")) return;
    const typed = Object.fromEntries(fields.map((field) => [field.name, field.value]));
    if (Object.values(typed).every((text) => !text.trim())) discardDraft(key);
    else writeDraft(key, { version: form.elements.version?.value, fields: typed });
  });
  form.addEventListener("submit", () => {
    if (!form.hasAttribute("hx-post")) noteSentDraft(key);
  });
  // Before the answer is put in place: the form itself may be what it takes the place of.
  form.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
    if (detail.elt === form && detail.xhr.status >= 200 && detail.xhr.status < 300) discardDraft(key);
  });
  form.addEventListener("forge:discard-draft", () => discardDraft(key));
  form.addEventListener("click", (event) => event.target.closest("[data-draft-discard]") && discardDraft(key));
});
