// What others did: a card moves to its new place and carries the initials of whoever moved it for a moment; new ones fade in,
// deleted ones out; and it is announced, now and then, in a sentence. What one did oneself, here or elsewhere, is not.

import { animateMove, fadeOut } from "../board/motion.js";
import { findCard, titleLink } from "../lib/card.js";
import { currentUserId, findPerson } from "./presence.js";

const HIGHLIGHT = 2000; // milliseconds that a changed card is marked
const MAX_ANIMATIONS = 12;
const ANNOUNCE_AFTER = 2500; // milliseconds in which changes gather
const MAX_SENTENCES = 4;
const verbs = LIVE_VERBS; // {event: verb}: taskforge/events.py, put in by the build (taskforge/http/assets.py)
const region = document.getElementById("remote-announcement");
let changes = []; // {actor, verb, title}
let timer = 0;

/** Where a card is on the screen; null where nobody sees it. */
function visibleAt(card) {
  const at = card.getBoundingClientRect();
  const list = card.closest(".column__cards")?.getBoundingClientRect();
  const inList = list && at.bottom > list.top && at.top < list.bottom;
  const inWindow = at.right > 0 && at.left < innerWidth && at.bottom > 0 && at.top < innerHeight;
  return inList && inWindow ? at : null;
}

/** Where these cards are before the board changes, by task id. */
export function measureCards(ids) {
  const found = new Map();
  for (const id of ids) {
    const card = findCard(id);
    if (card) found.set(id, { card, at: visibleAt(card) });
  }
  return found;
}

async function highlight(card, actor) {
  card.classList.add("is-changed");
  setTimeout(() => {
    card.classList.remove("is-changed");
    delete card.dataset.by;
  }, HIGHLIGHT);
  const person = await findPerson(actor);
  if (!person || !card.classList.contains("is-changed")) return;
  card.style.setProperty("--by", `var(--hue-${person.hue})`);
  card.dataset.by = person.initials;
}

/** Show what others did: `before` is what measureCards answered, `changed` the ids of cards that look or stand otherwise now. */
export function showRemoteChanges(hints, before, changed) {
  const latest = new Map(hints.filter(({ actor }) => actor && actor !== currentUserId()).map((hint) => [hint.cardId, hint]));
  let animated = 0;
  for (const [id, { actor, event }] of latest) {
    const card = findCard(id);
    const old = before.get(id);
    if (!card && !old) continue;
    collect(actor, verbs[event] ?? "changed", titleLink(card ?? old.card).textContent);
    if (!card) fadeOut(old.card, old.at);
    if (!card || !changed.has(id)) continue;
    if (!old) card.classList.add("is-new");
    else if (old.at && visibleAt(card) && animated++ < MAX_ANIMATIONS) animateMove(card, old.at);
    highlight(card, actor);
  }
}

function collect(actor, verb, title) {
  changes.push({ actor, verb, title });
  timer ||= setTimeout(announceChanges, ANNOUNCE_AFTER);
}

async function announceChanges() {
  timer = 0;
  const groups = groupByActorAndVerb(changes);
  changes = [];
  const sentences = [];
  for (const [{ actor, verb, title }, ...more] of groups.values()) {
    const person = await findPerson(actor);
    const what = more.length ? `${more.length + 1} cards` : `“${title}”`;
    sentences.push(`${person?.name ?? "Somebody"} ${verb} ${what}.`);
  }
  const rest = sentences.length - MAX_SENTENCES;
  region.textContent = sentences.slice(0, MAX_SENTENCES).join(" ") + (rest > 0 ? " And more." : "");
}

function groupByActorAndVerb(list) {
  const groups = new Map();
  for (const change of list) {
    const key = `${change.actor} ${change.verb}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return groups;
}
