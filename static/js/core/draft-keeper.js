// What is typed is kept at once, until the server says that it has carried out the very submission that held it. What offers it again
// is loaded when somebody writes, or has written before.

import { afterPageLoad } from "../lib/dom.js";
import { hasDrafts, keepDraft, keptControls, ownerId, settleDraft } from "../lib/drafts.js";
import { lazy } from "../lib/lazy.js";
import { hasWaiting } from "../lib/offline.js";

const IDLE = 2000; // milliseconds after the page's own loading: whoever loses the network still needs the code
const loadWriting = lazy(() => import("../writing/index.js"));
const load = () => loadWriting().catch(() => {}); // the next one tries again

if (ownerId) {
  document.addEventListener("input", ({ target }) => target.form && keepDraft(target.form));
  document.addEventListener("focusin", ({ target }) => target.form && load());
  if (hasDrafts() || hasWaiting()) load();
  else afterPageLoad(() => setTimeout(load, IDLE));
}

/** What was written into a form after it was sent; the beginning that was sent is cut off. */
function writtenSince(form, parameters) {
  const later = keptControls(form).filter((field) => field.type !== "radio" && field.name in parameters && field.value !== parameters[field.name]);
  const cut = (field) => (field.value.startsWith(parameters[field.name]) ? field.value.slice(parameters[field.name].length) : field.value);
  return later.map((field) => [field.name, cut(field).trimStart()]).filter(([, text]) => text);
}

// Before the answer is put in place: the form itself may be what it takes the place of.
document.addEventListener("htmx:beforeOnLoad", ({ detail: { elt, xhr, requestConfig: { parameters } } }) => {
  if (elt.elements && parameters.op && xhr.getResponseHeader("X-Operation") === parameters.op) settleDraft(elt, parameters.op, writtenSince(elt, parameters));
});
