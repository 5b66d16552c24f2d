// One selected card: real focus on its title. Arrows walk, Tab passes all other cards by, and the place is remembered.
// Nothing is written into the cards, so that a card drawn anew is the same card.
{
  const STOPS = "a[href], button:not([disabled]), input:not([type=hidden], [disabled]), select:not([disabled]), textarea:not([disabled]), summary, [tabindex='0']";
  const SAME = 4; // pixels within which two lists stand one above the other
  const last = { id: "", list: "", index: 0 };
  let coming = null; // the card below which the next page was asked for

  const byId = (taskId) => document.getElementById(`card-${taskId}`);
  const listOf = (card) => card.closest(".column__cards");
  const shown = (root, what) => [...root.querySelectorAll(what)].filter((element) => element.checkVisibility());
  const cardsOf = (list) => shown(list, ".card");
  const middle = (element) => {
    const { top, height } = element.getBoundingClientRect();
    return top + height / 2;
  };

  /** The selected card, or null. What has no ring is not changed by a key. */
  forge.selectedCard = () => document.activeElement?.closest(".board__columns .card") ?? null;

  /** The card that commands are about, which name it: also the last one, after the focus has gone elsewhere. */
  forge.contextCard = () => forge.selectedCard() ?? byId(last.id);

  forge.selectCard = (card) => {
    card.querySelector(".card__title").focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  /** The card to select when this one goes away: the one below it, else above; null for the only one. */
  forge.cardAfter = (card) => {
    const cards = cardsOf(listOf(card));
    const at = cards.indexOf(card);
    return cards[at + 1] ?? cards[at - 1] ?? null;
  };

  /** The card of other lists that is nearest to the height of this one, on its left (-1) or right (1). */
  forge.cardBeside = (card, step) => {
    const { left } = listOf(card).getBoundingClientRect();
    const lists = shown(document, ".board__columns .column__cards")
      .map((list) => ({ away: (list.getBoundingClientRect().left - left) * step, cards: cardsOf(list) }))
      .filter(({ away, cards }) => away > SAME && cards.length);
    const next = Math.min(...lists.map(({ away }) => away));
    const height = middle(card);
    const cards = lists.filter(({ away }) => away - next < SAME).flatMap((list) => list.cards);
    return cards.sort((one, other) => Math.abs(middle(one) - height) - Math.abs(middle(other) - height))[0] ?? null;
  };

  /** The card above (-1) or below (1), in the list or in the one above or below it; null where there is none (yet). */
  forge.cardAlong = (card, step) => {
    const list = listOf(card);
    const cards = cardsOf(list);
    const next = cards[cards.indexOf(card) + step];
    const more = step > 0 && list.querySelector(".column__more");
    if (next) return next;
    if (more) {
      coming = card;
      htmx.trigger(more, "revealed");
      return null;
    }
    const { left, top } = list.getBoundingClientRect();
    const lists = shown(document, ".board__columns .column__cards").filter((other) => {
      const place = other.getBoundingClientRect();
      return Math.abs(place.left - left) < SAME && (place.top - top) * step > 0 && cardsOf(other).length;
    });
    return step > 0 ? cardsOf(lists[0] ?? list)[lists[0] ? 0 : cards.length] ?? null : lists.length ? cardsOf(lists.at(-1)).at(-1) : null;
  };

  const walk = {
    ArrowUp: (card) => forge.cardAlong(card, -1),
    ArrowDown: (card) => forge.cardAlong(card, 1),
    ArrowLeft: (card) => forge.cardBeside(card, -1),
    ArrowRight: (card) => forge.cardBeside(card, 1),
    Home: (card) => cardsOf(listOf(card))[0],
    End: (card) => cardsOf(listOf(card)).at(-1),
  };

  /** Where walking begins: at the remembered card, at what took its place, or at the first card. */
  function beginning() {
    const list = document.getElementById(last.list);
    const cards = list ? cardsOf(list) : [];
    return byId(last.id) ?? cards[Math.min(last.index, cards.length - 1)] ?? document.querySelector(".board__columns .card");
  }

  function onWalk(event) {
    const step = walk[event.key];
    if (!step || event.shiftKey || !forge.listens(event)) return;
    const target = event.target;
    const free = target === document.body || target.matches(".board, .column__cards");
    if (!free && !target.closest(".board__columns .card")) return;
    event.preventDefault(); // also at the end of the way: the page must not scroll instead
    const card = target.closest(".card");
    const next = card ? step(card) : target.querySelector(".card") && target.matches(".column__cards") ? target.querySelector(".card") : beginning();
    if (next) forge.selectCard(next);
  }

  /** All cards together are one stop of the Tab key: the selected one. */
  function onTab(event) {
    if (event.key !== "Tab" || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    const chosen = beginning();
    const passed = (element) => {
      const card = element.closest(".board__columns .card");
      return card ? card !== chosen : element.matches(".column__cards:has(.card)");
    };
    const all = [...document.querySelectorAll(STOPS)];
    if (event.shiftKey) all.reverse();
    const from = all.indexOf(document.activeElement);
    if (from < 0) return;
    const rest = all.slice(from + 1);
    const next = rest.find((element) => element.checkVisibility());
    if (!next || !passed(next)) return;
    const stop = rest.find((element) => !passed(element) && element.checkVisibility());
    if (stop) event.preventDefault();
    // Without a further stop the browser itself goes on from behind the last card.
    (stop ?? rest.findLast((element) => element.checkVisibility())).focus();
  }

  forge.behaviour("select", (board) => {
    board.addEventListener("focusin", ({ target }) => {
      const card = target.closest(".card");
      if (!card) return;
      const list = listOf(card);
      Object.assign(last, { id: card.dataset.taskId, list: list.id, index: cardsOf(list).indexOf(card) });
    });
    board.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && event.target.matches(".card__title")) event.target.blur();
    });
    document.addEventListener("keydown", onWalk);
    document.addEventListener("keydown", onTab);
    document.addEventListener("htmx:load", () => {
      const card = coming;
      coming = null;
      if (!card || document.activeElement !== card.querySelector(".card__title")) return;
      const next = card.nextElementSibling;
      if (next?.matches(".card")) forge.selectCard(next);
    });
  });
}
