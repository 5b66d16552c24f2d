// "x" selects the focused card, or lets it go. While cards are selected, the keys of a card act on all of them (bulk/keys.js).

import { loadBulk } from "../board/bulk-loader.js";
import { isShortcut, shortcutKey } from "../lib/keyboard.js";
import { selectedCard } from "../lib/selected-card.js";

document.addEventListener("keydown", async (event) => {
  if (event.repeat || !isShortcut(event) || shortcutKey(event) !== "x") return;
  const card = selectedCard();
  if (!card) return;
  event.preventDefault();
  (await loadBulk())?.toggle(card);
});
