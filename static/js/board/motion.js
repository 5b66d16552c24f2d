// Cards in motion: copies that fly above the page, for the eye only, as a column would clip the card itself.

const DURATION = 180; // milliseconds
export const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
const animations = new WeakMap(); // by card: its last animation

/** A copy of a card above the page at a rectangle of the window. */
export function floatingCopy(card, { left, top, width }) {
  const copy = card.cloneNode(true);
  copy.removeAttribute("id");
  copy.classList.remove("is-ghost", "is-in-flight");
  copy.classList.add("is-dragging");
  copy.inert = true;
  copy.ariaHidden = "true";
  Object.assign(copy.style, { left: `${left}px`, top: `${top}px`, width: `${width}px` });
  document.body.append(copy);
  return copy;
}

/** Let a copy of the card move from a rectangle to where the card is. */
export function animateMove(card, from) {
  animations.get(card)?.finish();
  if (!card.checkVisibility()) {
    shrinkIntoFolded(card, from);
    return;
  }
  const to = card.getBoundingClientRect();
  if (reducedMotion.matches || (from.left === to.left && from.top === to.top)) return;
  const copy = floatingCopy(card, to);
  card.classList.add("is-in-flight");
  const start = `translate(${from.left - to.left}px, ${from.top - to.top}px)`;
  const animation = copy.animate([{ transform: start }, { transform: "none" }], { duration: DURATION, easing: "ease-out" });
  animations.set(card, animation);
  animation.finished.then(() => {
    copy.remove();
    if (animations.get(card) === animation) card.classList.remove("is-in-flight");
  });
}

/** A card that went into a folded column: its copy shrinks into the strip. */
function shrinkIntoFolded(card, from) {
  if (reducedMotion.matches || !from.width) return;
  const copy = floatingCopy(card, from);
  const strip = card.closest(".column").getBoundingClientRect();
  const top = Math.max(strip.top, Math.min(from.top, strip.bottom - 40));
  const end = `translate(${strip.left - from.left}px, ${top - from.top}px) scale(0.13)`;
  copy.animate([{}, { transform: end, opacity: 0 }], { duration: DURATION, easing: "ease-in" }).finished.then(() => copy.remove());
}

/** Let a card that is gone fade out where it was. */
export function fadeOut(card, at) {
  if (!at || reducedMotion.matches) return;
  const copy = floatingCopy(card, at);
  copy.classList.add("is-leaving");
  copy.animate([{ opacity: 1 }, { opacity: 0 }], { duration: DURATION, easing: "ease-out" }).finished.then(() => copy.remove());
}
