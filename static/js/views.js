// Ways of looking at a board. Their scripts come with the first click on a link that needs them; folding is here.
{
  const wants = "a[data-view], a[data-sheet]";
  const named = "[data-view-script]";
  const plain = (address) => address.replace(/#.*$/, "");

  /** The address of what the board shows; that of the page is another one while a task is open. */
  forge.viewAddress = location.href;

  async function bring(address) {
    try {
      await import(document.querySelector(named).dataset.viewScript);
      return true;
    } catch {
      location.assign(address);
      return false;
    }
  }

  async function look(link) {
    if (!await bring(link.href)) return;
    if (link.matches("[data-sheet]")) forge.openSheet(link);
    else {
      link.closest(".menu")?.removeAttribute("open");
      forge.goView(link.href);
    }
  }

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest(wants);
    if (!link || !document.querySelector(named)) return;
    event.preventDefault();
    look(link);
  });

  // Back and Forward, also between steps that were made before a reload.
  window.addEventListener("popstate", async () => {
    if (!document.querySelector(named) || location.pathname !== new URL(forge.viewAddress).pathname) return;
    if (plain(location.href) === plain(forge.viewAddress) && !forge.viewOnItsWay?.()) return;
    if (await bring(location.href)) forge.goView(location.href, false);
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
