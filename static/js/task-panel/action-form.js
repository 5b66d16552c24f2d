// A button that does one thing at once: data-done says what was done; data-gone: the task is not there any more.

import { behaviour } from "../lib/behaviours.js";
import { handleOwnChanges, showOwnChange } from "../lib/own-changes.js";
import { toast } from "../lib/toast.js";
import { offerUndo } from "../lib/undo.js";
import { submitForm } from "./submit-form.js";
import { closeTask } from "./task-dialog.js";

handleOwnChanges();

behaviour("action-form", (form) => {
  form.addEventListener("submit", async (event) => {
    const isGone = form.hasAttribute("data-gone");
    if (isGone && !form.closest("dialog")) return; // the page itself goes away
    event.preventDefault();
    const { taskId } = form.closest("[data-task-id]").dataset;
    try {
      const change = await submitForm(form);
      if (isGone) closeTask(taskId);
      offerUndo(form.dataset.done, taskId, change.event);
      showOwnChange(taskId, change.version);
    } catch (error) {
      toast(error.message, "danger");
    }
    form.dispatchEvent(new CustomEvent("forge:form-settled"));
  });
});
