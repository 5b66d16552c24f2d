// What is typed is kept at once, until the server says that it has carried out the very submission that held it. What offers it again
// is loaded when somebody begins to do something here, or has written before.

import { afterPageLoad } from "../lib/dom.js";
import { hasKept, keepDraft, ownerId, settleDraft } from "../lib/drafts.js";
import { lazy } from "../lib/lazy.js";
import { registerKeeperLoader } from "../lib/offline.js";

const IDLE = 2000; // milliseconds after the page's own loading: whoever loses the network still needs the code
const loadWriting = lazy(() => import("../writing/index.js"));
const load = () => loadWriting().catch(() => {}); // the next one tries again

if (ownerId) {
  registerKeeperLoader(load);
  document.addEventListener("input", ({ target }) => target.form && keepDraft(target.form));
  for (const name of ["focusin", "pointerdown", "dragenter"]) document.addEventListener(name, load);
  if (hasKept()) load();
  else afterPageLoad(() => setTimeout(load, IDLE));
}

// Before the answer is put in place: the form itself may be what it takes the place of.
document.addEventListener("htmx:beforeOnLoad", ({ detail: { elt, xhr, requestConfig: { parameters: { op } } } }) => {
  if (op && elt.elements && xhr.getResponseHeader("X-Operation") === op) settleDraft(elt, op);
});
