// The code of every page. Pages with more to do have an entry of their own, which imports this one: board.js, task.js, board-history.js.

import "./core/trusted-types.js"; // before anything that parses HTML
import "../vendor/htmx.js";
import "./core/htmx-errors.js";
import "./core/theme.js";
import "./core/autosubmit.js";
import "./core/conflict-form.js";
import "./core/draft-keeper.js";
import "./core/send-key.js";
import "./core/menu.js";
import "./core/dialog.js";
import "./core/shortcuts.js";
import "./core/shortcuts-help.js";
import "./core/palette-opener.js";
import "./core/inbox-loader.js";
import "./core/back-forward.js";
import "./lib/reader-zone.js";
import "./lib/undo.js";
import { focusFirstError } from "./core/form.js";
import { startBehaviours } from "./lib/behaviours.js";
import { refreshTimes } from "./lib/times.js";

document.documentElement.classList.add("has-js");
refreshTimes(document);
focusFirstError(document);
document.addEventListener("htmx:load", ({ detail }) => {
  if (detail.elt === document.body) return;
  startBehaviours(detail.elt);
  refreshTimes(detail.elt.parentElement ?? document);
});
