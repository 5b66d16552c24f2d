// What others did: a card glides to its new place and carries the face of whoever moved it for a moment; new ones fade in,
// deleted ones out; and it is said, now and then, in a sentence. What one did oneself, here or elsewhere, just is there.
{
  const PULSE = 2000;
  const FADE = 180;
  const MOST_FLIGHTS = 12;
  const SAY_AFTER = 2500;
  const MOST_SENTENCES = 4;
  const stillness = matchMedia("(prefers-reduced-motion: reduce)");
  const verbs = {
    "task.created": "added",
    "task.moved": "moved",
    "task.status_changed": "moved",
    "task.deleted": "deleted",
    "task.restored": "restored",
    "comment.created": "commented on",
  };
  const news = document.getElementById("board-news");
  let heard = []; // {actor, verb, title}
  let timer = 0;

  const titleOf = (card) => card.querySelector(".card__title").textContent;

  /** Where a card is on the screen; null where nobody sees it. */
  function seenAt(card) {
    const at = card.getBoundingClientRect();
    const list = card.closest(".column__cards")?.getBoundingClientRect();
    const inside = list && at.bottom > list.top && at.top < list.bottom && at.right > 0 && at.left < innerWidth && at.bottom > 0 && at.top < innerHeight;
    return inside ? at : null;
  }

  /** Where these cards are before the board changes, by task id. */
  forge.rememberCards = (ids) => {
    const found = new Map();
    for (const id of ids) {
      const card = document.getElementById(`card-${id}`);
      if (card) found.set(id, { card, at: seenAt(card) });
    }
    return found;
  };

  function fadeOut(card, at) {
    if (!at || stillness.matches) return;
    const ghost = forge.copyCard(card, at);
    ghost.classList.add("is-leaving");
    ghost.animate([{ opacity: 1 }, { opacity: 0 }], { duration: FADE, easing: "ease-out" }).finished.then(() => ghost.remove());
  }

  async function pulse(card, actor) {
    card.classList.add("is-changed");
    setTimeout(() => {
      card.classList.remove("is-changed");
      delete card.dataset.by;
    }, PULSE);
    const who = await forge.whoIs(actor);
    if (!who || !card.classList.contains("is-changed")) return;
    card.style.setProperty("--by", `var(--hue-${who.hue})`);
    card.dataset.by = who.initials;
  }

  /** Show what others did: `before` is what rememberCards answered, `changed` the ids of cards that look or stand otherwise now. */
  forge.showOthers = (hints, before, changed) => {
    const latest = new Map(hints.filter(({ actor }) => actor && actor !== forge.me).map((hint) => [hint.cardId, hint]));
    let flights = 0;
    for (const [id, { actor, event }] of latest) {
      const card = document.getElementById(`card-${id}`);
      const old = before.get(id);
      if (!card && !old) continue;
      tell(actor, verbs[event] ?? "changed", titleOf(card ?? old.card));
      if (!card) fadeOut(old.card, old.at);
      if (!card || !changed.has(id)) continue;
      if (!old) card.classList.add("is-new");
      else if (old.at && seenAt(card) && flights++ < MOST_FLIGHTS) forge.fly(card, old.at);
      pulse(card, actor);
    }
  };

  function tell(actor, verb, title) {
    heard.push({ actor, verb, title });
    timer ||= setTimeout(say, SAY_AFTER);
  }

  async function say() {
    timer = 0;
    const deeds = group(heard);
    heard = [];
    const sentences = [];
    for (const [{ actor, verb, title }, ...more] of deeds.values()) {
      const who = await forge.whoIs(actor);
      const what = more.length ? `${more.length + 1} cards` : `“${title}”`;
      sentences.push(`${who?.name ?? "Somebody"} ${verb} ${what}.`);
    }
    const rest = sentences.length - MOST_SENTENCES;
    news.textContent = sentences.slice(0, MOST_SENTENCES).join(" ") + (rest > 0 ? " And more." : "");
  }

  function group(deeds) {
    const groups = new Map();
    for (const deed of deeds) {
      const key = `${deed.actor} ${deed.verb}`;
      groups.set(key, [...(groups.get(key) ?? []), deed]);
    }
    return groups;
  }
}
