// After a page load: the draft of a form goes when the very submission that it was sent by was carried out. The server says which ones
// were by a cookie, as a log-in page, a proxy's error or a refusal is a page too.

import { discardDraft, draftKey, keptControls, writeDraft } from "../lib/drafts.js";
import { listDrafts } from "./all-drafts.js";

const COOKIE = "sent"; // operation ids, with dots between them
const LATER = [1000, 4000]; // milliseconds after which a page that was left may have been answered

function takeSent() {
  const found = document.cookie.split("; ").find((cookie) => cookie.startsWith(`${COOKIE}=`));
  if (!found) return [];
  document.cookie = `${COOKIE}=; Max-Age=0; Path=/; SameSite=Lax`;
  return found.slice(COOKIE.length + 1).split(".");
}

function settleSent() {
  const sent = takeSent();
  if (!sent.length) return;
  for (const [key, draft] of listDrafts()) {
    if (!sent.includes(draft.op)) continue;
    discardDraft(key);
    document.dispatchEvent(new CustomEvent("forge:draft-settled"));
  }
}

settleSent();
for (const pause of LATER) setTimeout(settleSent, pause);
window.addEventListener("pageshow", settleSent);

// What is written while a form is on its way stays: in the form, or as the draft of the one that takes its place.
const later = new WeakMap(); // [control, text] by form

document.addEventListener("htmx:beforeOnLoad", ({ detail: { elt: form, requestConfig: { parameters } } }) => {
  if (!form.elements) return;
  const rest = (field) => {
    const sent = parameters[field.name] ?? "";
    return (field.value.startsWith(sent) ? field.value.slice(sent.length) : field.value).trimStart();
  };
  const written = keptControls(form).filter((field) => field.type !== "radio" && parameters[field.name] !== undefined && field.value !== parameters[field.name]);
  const rests = written.map((field) => [field, rest(field)]).filter(([, text]) => text);
  later.set(form, rests);
  const key = draftKey(form);
  if (rests.length && key) writeDraft(key, { fields: Object.fromEntries(rests.map(([field, text]) => [field.name, text])) });
});
document.addEventListener("forge:form-sent", ({ target }) => {
  for (const [field, text] of later.get(target) ?? []) {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}, { capture: true });
