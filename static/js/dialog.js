// Menus and dialogs: <details> and <dialog> do the work; this closes them where people expect it.
{
  forge.behaviour("menu", (menu) => {
    const summary = menu.querySelector("summary");
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      summary.focus();
    });
    menu.addEventListener("toggle", () => menu.open && !menu.querySelector(".menu__sheet :focus") && menu.querySelector("select, input:not([type=hidden]), .menu__item")?.focus());
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  forge.behaviour("dialog", (dialog) => {
    dialog.addEventListener("click", (event) => {
      const close = event.target.closest("[data-dialog-close]");
      if (close) event.preventDefault();
      if (close || event.target === dialog) dialog.close();
    });
    dialog.addEventListener("close", () => dialog.querySelector("#dialog-body")?.replaceChildren());
  });

  /** Show the partial behind a link in the page's dialog; where that fails, simply go there. */
  async function openLink(link) {
    const dialog = document.getElementById("dialog");
    await htmx.ajax("GET", link.href, { target: "#dialog-body", swap: "innerHTML" });
    if (!document.getElementById("dialog-body").childElementCount) location.assign(link.href);
    else if (!dialog.open) {
      dialog.ariaLabel = link.ariaLabel ?? link.textContent.trim();
      dialog.showModal();
      dialog.querySelector("input:checked")?.focus();
    }
  }
  document.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest("a[data-dialog], .card__move");
    if (link) {
      event.preventDefault();
      openLink(link);
    }
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open).showModal();
  });
}
