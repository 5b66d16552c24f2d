// Whoever may only look is told so, once in a while, when they try to drag a card or to change it by a key.

import { canRunCardAction } from "../board/card-actions-loader.js";
import { isShortcut } from "../lib/keyboard.js";
import { selectedCard } from "../lib/selected-card.js";
import { toast } from "../lib/toast.js";

const PAUSE = 10_000; // milliseconds
const KEYS = [",", ".", "m", "s", "t", "a", "i", "l", "d", "e"];
let toldAt = -PAUSE;

function tell(event) {
  event.preventDefault();
  if (event.timeStamp - toldAt < PAUSE) return;
  toldAt = event.timeStamp;
  toast("View only: your role on this team reads and comments.", "info");
}

if (!canRunCardAction("move") && !canRunCardAction("edit")) {
  document.addEventListener("dragstart", (event) => event.target.closest?.(".board__columns .card") && tell(event));
  document.addEventListener("keydown", (event) => {
    if (KEYS.includes(event.key) && isShortcut(event) && selectedCard()) tell(event);
  });
}
