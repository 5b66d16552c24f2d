// Placing a popover beside a card, within the window.

import { clampToWindow } from "../lib/popover.js";

const GAP = 8; // pixels

/** Put an element beside ("side") or below ("below") a card, on the other side where there is no room. */
export function placeAtCard(element, card, side) {
  const at = card.getBoundingClientRect();
  const { width, height } = element.getBoundingClientRect();
  let left = at.left;
  let top = at.bottom + GAP;
  if (side === "side") {
    left = at.right + GAP + width < innerWidth ? at.right + GAP : at.left - GAP - width;
    top = at.top;
  } else if (top + height > innerHeight - GAP) top = at.top - GAP - height;
  element.style.left = `${clampToWindow(left, innerWidth - width, GAP)}px`;
  element.style.top = `${clampToWindow(top, innerHeight - height, GAP)}px`;
}
