// The board: a card that is drawn a second time (added here, then met again on a later page of its column) stays once.
{
  forge.keepCardsOnce = (root) => {
    const cards = root.matches?.(".card") ? [root] : root.querySelectorAll(".card");
    for (const card of cards) {
      const copies = document.querySelectorAll(`#${CSS.escape(card.id)}`);
      for (const copy of copies) if (copy !== card) copy.remove();
    }
  };
}
