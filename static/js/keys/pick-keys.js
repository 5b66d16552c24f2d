// "x" selects the card that has the ring, or lets it go. While cards are selected, the keys of a card act on all of them (js/bulk).
{
  document.addEventListener("keydown", async (event) => {
    if (event.key !== "x" || event.repeat || !forge.listens(event)) return;
    const card = forge.selectedCard();
    if (!card) return;
    event.preventDefault();
    if (await forge.bringBulk?.()) forge.bulk.toggle(card);
  });
}
