// Keys while cards are selected: those of a card act on all of them, Escape lets them go, the innermost first.
{
  const INNER = ".bulk .menu[open], .menu[open], dialog[open], :popover-open, .is-dragging";

  function onEscape(event) {
    if (document.querySelector(INNER) || !forge.listens(event)) return false;
    forge.bulk.clear();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.repeat || !document.documentElement.classList.contains("is-selecting") || !forge.listens(event)) return;
    const ours = event.key === "Escape" ? onEscape(event) : forge.bulk.ids().length > 0 && event.key.length === 1 && forge.bulk.press(event.key);
    if (!ours) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true });
}
