// A card's title opens its task over the board. What that takes is fetched when a card is first pointed at.
{
  const born = location.pathname;
  const board = document.querySelector("[data-panel]");
  let bundle = null;
  let wanted = null; // the address that is to be opened when the bundle is here

  function fetchBundle() {
    bundle ??= (async () => {
      forge.panelStyles = forge.loadSheets(board.dataset.panelStyles);
      await Promise.all([import(board.dataset.panel), forge.panelStyles]);
    })();
    return bundle;
  }

  async function open(href, push) {
    wanted = href;
    try {
      await fetchBundle();
    } catch {
      location.assign(href);
      return;
    }
    if (wanted === href) forge.openTask(href, push);
  }

  if (board) {
    board.addEventListener("pointerover", (event) => event.target.closest(".card") && fetchBundle().catch(() => { bundle = null; }));
    document.addEventListener("click", (event) => {
      if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      const link = event.target.closest(".card__title");
      if (!link) return;
      event.preventDefault();
      open(link.getAttribute("href"), true);
    });
  }
  // After a reload the browser may still take the board and the task for one page.
  window.addEventListener("popstate", ({ state }) => {
    if (board && state?.task) open(state.task, false);
    else if (location.pathname === born) {
      wanted = null;
      forge.hideTask?.();
    } else location.reload();
  });
}
