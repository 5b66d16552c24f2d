// Sending a form of the page by script, and saying what came of it.
{
  /** Send a form's fields; answers {version, event}, or throws an Error with the server's sentence. */
  forge.sendForm = async (form) => {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(form)),
    });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw Object.assign(new Error(told.error?.message ?? "That did not work, and nothing was changed. Please try again."), { status: answer.status });
    return told;
  };

  /** Say what was done, with an Undo where the change has one. */
  forge.sayDone = (text, taskId, event) => {
    if (event && forge.offerUndo) forge.offerUndo(text, taskId, event);
    else forge.toast(text, "ok");
  };

  /** A change of this page's own: the card behind and the rest of the task follow, and nothing of it is news. */
  forge.changed = (detail) => document.dispatchEvent(new CustomEvent("forge:changed", { detail }));

  // A button that does one thing at once: data-act says what was done; data-gone: the task is not there any more.
  forge.behaviour("act", (form) => {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const { taskId, boardUrl } = form.closest("[data-task-id]").dataset;
      const gone = form.hasAttribute("data-gone");
      try {
        const told = await forge.sendForm(form);
        if (gone && !forge.closeTask?.(taskId)) location.assign(boardUrl);
        else forge.sayDone(form.dataset.act, taskId, told.event);
        forge.changed({ id: taskId, ...told, gone });
      } catch (error) {
        forge.toast(error.message, "danger");
      }
      form.dispatchEvent(new CustomEvent("forge:settled"));
    });
  });
}
