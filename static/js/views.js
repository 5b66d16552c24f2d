// Ways of looking at a board. Their scripts come with the first click on a link that needs them; folding is here.
{
  const wants = "a[data-view], a[data-sheet]";

  async function look(link) {
    const { viewScript } = document.querySelector("[data-view-script]").dataset;
    try {
      await import(viewScript);
    } catch {
      location.assign(link.href);
      return;
    }
    if (link.matches("[data-sheet]")) forge.openSheet(link);
    else {
      link.closest(".menu")?.removeAttribute("open");
      forge.goView(link.href);
    }
  }

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest(wants);
    if (!link || !document.querySelector("[data-view-script]")) return;
    event.preventDefault();
    look(link);
  });

  /** Fold a column into a strip, or open it; the server keeps it for the next time. */
  function fold(column, button) {
    const folded = button.value === "1";
    column.classList.toggle("is-folded", folded);
    column.querySelector(folded ? ".column__tool--open" : ".column__tool--fold").focus();
    fetch(button.formAction, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content },
      body: new URLSearchParams({ folded: button.value }),
    }).catch(() => {}); // only a way of looking: it is folded here all the same
  }

  forge.behaviour("fold", (board) => {
    board.addEventListener("click", (event) => {
      const button = event.target.closest("[form=fold-form]");
      if (!button) return;
      event.preventDefault();
      fold(button.closest(".column"), button);
    });
  });
}
