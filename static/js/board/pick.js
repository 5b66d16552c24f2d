// Selecting several cards: by Shift or Ctrl with a click, from a column's menu, or by "x". What that takes comes with the first.
{
  const code = document.getElementById("bulk-code");

  /** Bring in the selection; false when it can't be had, or there is nothing that one may do. */
  forge.bringBulk = async () => code !== null && forge.load(code);

  /** Whether a click is on the words of a title, where Ctrl opens a new tab. */
  function onWords({ target, clientX, clientY }) {
    const { left, right, top, bottom } = target.closest(".card").querySelector(".card__title").getBoundingClientRect();
    return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
  }

  async function pick(event, act, ...what) {
    event.preventDefault();
    event.stopPropagation();
    if (await forge.bringBulk()) forge.bulk[act](...what);
  }

  if (code) {
    document.addEventListener("click", (event) => {
      const link = event.target.closest("[data-select]");
      if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
        forge.closeSheet?.();
        pick(event, link.dataset.select, link.dataset.column, link.href);
        return;
      }
      const card = event.target.closest(".board__columns .card");
      if (!card || event.altKey || event.button) return;
      if (event.shiftKey) pick(event, "extend", card);
      else if ((event.ctrlKey || event.metaKey) && !onWords(event) || forge.bulk?.tapping()) pick(event, "toggle", card);
    }, { capture: true });
  }
}
