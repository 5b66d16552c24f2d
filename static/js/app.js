// The code of every page. Pages with more to do have an entry of their own, which imports this one: board.js, task.js, board-history.js.

import "../vendor/htmx.js";
import "./core/htmx-errors.js";
import "./core/theme.js";
import "./core/autosubmit.js";
import "./core/conflict-form.js";
import "./core/draft-form.js";
import "./core/menu.js";
import "./core/dialog.js";
import "./core/shortcuts.js";
import "./core/shortcuts-help.js";
import "./core/palette-opener.js";
import "./core/back-forward.js";
import "./lib/offline.js";
import "./lib/undo.js";
import { focusFirstError } from "./core/form.js";
import { startBehaviours } from "./lib/behaviours.js";
import { discardSentDraft } from "./lib/drafts.js";
import { refreshTimes } from "./lib/times.js";

document.documentElement.classList.add("has-js");
discardSentDraft(); // before the forms with drafts are started
refreshTimes(document);
focusFirstError(document);
document.addEventListener("htmx:load", ({ detail }) => {
  if (detail.elt === document.body) return;
  startBehaviours(detail.elt);
  refreshTimes(detail.elt.parentElement ?? document);
});
