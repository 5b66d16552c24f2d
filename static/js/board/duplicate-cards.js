// A card that is drawn a second time (added here, then met again on a later page of its column) stays once.

function removeDuplicates(root) {
  const cards = root.matches?.(".card") ? [root] : root.querySelectorAll(".card");
  for (const card of cards) {
    const copies = document.querySelectorAll(`#${CSS.escape(card.id)}`);
    // The page may be older than what was done with the card here.
    for (const copy of copies) if (copy !== card) (copy.dataset.version - card.dataset.version > 0 ? card : copy).remove();
    // htmx appends a new card to its column; what stands below the cards stays there.
    const below = card.parentElement?.querySelector(":scope > .column__more, :scope > .column__hidden");
    if (below && below.compareDocumentPosition(card) & Node.DOCUMENT_POSITION_FOLLOWING) below.before(card);
  }
}

document.addEventListener("htmx:load", ({ detail }) => detail.elt !== document.body && removeDuplicates(detail.elt));
