// The files of an open task: what chooses some, for the task or for a comment. Its code is loaded by the first press.

import { behaviour } from "../lib/behaviours.js";
import { isPlainClick } from "../lib/keyboard.js";
import { lazy, orToast } from "../lib/lazy.js";

const loadAttachments = lazy(() => import("../attachments/index.js"));

behaviour("add-files", (control) => {
  control.addEventListener("click", async (event) => {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    (await orToast(loadAttachments()))?.chooseFiles(control);
  });
});
