// Which cards are selected: kept by their ids, so that cards that are drawn anew, or not at all, stay selected.
{
  const MOST = 200;
  const FULL = `At most ${MOST} cards can be selected at once.`;
  const chosen = new Set(); // ids in no order; the server knows that of the board
  let anchor = null; // the id from which Shift with a click reaches
  let tapping = false; // whether a click alone selects
  let painting = 0;

  const byId = (id) => document.getElementById(`card-${id}`);
  const cardsBeside = (card) => [...card.closest(".column__cards").querySelectorAll(".card")].filter((other) => other.checkVisibility());
  const count = (number) => (number === 1 ? "1 card selected" : `${number} cards selected`);

  function paint() {
    painting = 0;
    for (const card of document.querySelectorAll(".board__columns .card")) card.classList.toggle("is-selected", chosen.has(card.dataset.taskId));
  }
  // Whatever draws cards anew, live updates or another view, knows nothing of this.
  const watcher = new MutationObserver(() => { painting ||= requestAnimationFrame(paint); });

  function changed(said = "") {
    paint();
    const on = chosen.size > 0 || tapping;
    document.documentElement.classList.toggle("is-selecting", on);
    if (on) watcher.observe(document.querySelector(".board"), { childList: true, subtree: true });
    else watcher.disconnect();
    if (!on) anchor = null;
    document.getElementById("board-said").textContent = said || (chosen.size ? `${count(chosen.size)}.` : "No card selected.");
    forge.bulk.showBar(on, chosen.size);
  }

  /** Select these cards besides, as far as they may be at once. */
  function add(ids) {
    const fresh = ids.filter((id) => !chosen.has(id));
    const room = MOST - chosen.size;
    for (const id of fresh.slice(0, room)) chosen.add(id);
    if (fresh.length > room) forge.toast(FULL);
    changed();
  }

  forge.bulk = {
    ids: () => [...chosen],

    /** The ids as the board shows them, then those that it does not show now. */
    inOrder() {
      const shown = [...document.querySelectorAll(".board__columns .card")].map(({ dataset }) => dataset.taskId).filter((id) => chosen.has(id));
      return [...new Set([...shown, ...chosen])];
    },

    tapping: () => tapping,

    /** Select a card, or let it go. */
    toggle(card) {
      const id = card.dataset.taskId;
      anchor = id;
      if (!chosen.delete(id)) add([id]);
      else changed();
    },

    /** Select all cards from the last one to this one, in the same list; elsewhere this one. */
    extend(card) {
      const cards = cardsBeside(card);
      const from = cards.indexOf(byId(anchor));
      const to = cards.indexOf(card);
      const range = from < 0 ? [card] : cards.slice(Math.min(from, to), Math.max(from, to) + 1);
      if (from < 0) anchor = card.dataset.taskId;
      add(range.map(({ dataset }) => dataset.taskId));
    },

    /** Let cards be selected by a click alone, for fingers. */
    tap() {
      tapping = true;
      changed("Choose cards.");
    },

    /** Select all cards of a column that fit the filter, also those that have not been scrolled to. */
    async all(columnId, address) {
      const url = new URL(address, location.href);
      for (const [name, value] of new URLSearchParams(location.search)) url.searchParams.append(name, value);
      url.searchParams.set("column", columnId);
      try {
        const answer = await fetch(url, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(`status ${answer.status}`);
        const { task_ids: ids, more } = await answer.json();
        if (more) forge.toast(FULL);
        add(ids);
      } catch {
        forge.toast("The cards can't be had right now.", "danger");
      }
    },

    /** Let these go, or all. */
    clear(ids = null) {
      if (ids) ids.forEach((id) => chosen.delete(id));
      else {
        chosen.clear();
        tapping = false;
      }
      changed();
    },
  };
}
