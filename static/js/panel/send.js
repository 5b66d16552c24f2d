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
    forge.offerUndo(text, taskId, event ?? null);
  };

  /** A change of this page's own: the card behind and the rest of the task follow, and nothing of it is news. */
  forge.refreshBoard ??= (taskId, version) => { // on a board the live stream has one that refreshes the cards as well
    document.dispatchEvent(new CustomEvent("forge:own", { detail: { id: taskId, version } }));
  };

  // A button that does one thing at once: data-act says what was done; data-gone: the task is not there any more.
  forge.behaviour("act", (form) => {
    form.addEventListener("submit", async (event) => {
      const gone = form.hasAttribute("data-gone");
      if (gone && !form.closest("dialog")) return; // the page itself goes away
      event.preventDefault();
      const { taskId } = form.closest("[data-task-id]").dataset;
      try {
        const told = await forge.sendForm(form);
        if (gone) forge.closeTask(taskId);
        forge.sayDone(form.dataset.act, taskId, told.event);
        forge.refreshBoard(taskId, told.version);
      } catch (error) {
        forge.toast(error.message, "danger");
      }
      form.dispatchEvent(new CustomEvent("forge:settled"));
    });
  });
}
