// Changes since the last visit: the cards on the strip's list are marked, the buttons (and their keys) go from one to the next.
// The server gives the strip once for each visit; a page that is loaded again during the visit asks for the same one.

import "../board/shared.js";
import { behaviour, startBehaviours } from "../lib/behaviours.js";
import { findCard, focusCard } from "../lib/card.js";
import { parseHtml } from "../lib/dom.js";
import { fetchHtml } from "../lib/http.js";
import { refreshTimes } from "../lib/times.js";
import { reportSeen } from "../live/report-seen.js";

const VISIT = 10 * 60_000; // milliseconds away from the board after which another visit begins
const labels = { new: "New", done: "Done", moved: "Moved", changed: "Changed", commented: "Commented on" };
let kinds = new Map(); // kind of change by task id

const markedCards = () => [...document.querySelectorAll(".card[data-unseen]")].filter((card) => card.checkVisibility());

/** Mark the cards that are on the page now. */
function markCards() {
  for (const [id, kind] of kinds) {
    const card = findCard(id);
    if (!card || card.dataset.unseen) continue;
    card.dataset.unseen = kind;
    card.title = `${labels[kind]} since your last visit`;
    card.ariaDescription = card.title;
  }
}

function unmarkCards() {
  kinds = new Map();
  for (const card of document.querySelectorAll(".card[data-unseen]")) {
    delete card.dataset.unseen;
    card.removeAttribute("title");
    card.ariaDescription = null;
  }
}

function step(by) {
  const cards = markedCards();
  if (!cards.length) return;
  const at = cards.indexOf(document.activeElement.closest(".card"));
  const card = cards.at(at < 0 ? Math.min(by, 0) : (at + by) % cards.length);
  card.scrollIntoView({ block: "center", inline: "nearest" });
  focusCard(card);
  document.getElementById("remote-announcement").textContent = `${card.title}, ${cards.indexOf(card) + 1} of ${cards.length}.`;
}

function readVisit(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

function writeVisit(key, visit) {
  try {
    if (visit) sessionStorage.setItem(key, JSON.stringify(visit));
    else sessionStorage.removeItem(key);
  } catch {
    // Without storage the strip does not survive a reload.
  }
}

function startStrip(strip, key) {
  kinds = new Map([...strip.querySelectorAll("[data-task]")].map(({ dataset }) => [dataset.task, dataset.kind]));
  markCards();
  for (const button of strip.querySelectorAll("[data-step]")) button.addEventListener("click", () => step(Number(button.dataset.step)));
  strip.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    writeVisit(key, null);
    unmarkCards();
    strip.remove();
    reportSeen();
  });
}

async function restoreStrip(board, key, { after, upto, at }) {
  const html = await fetchHtml(`${board.dataset.unseenUrl}?after=${after}&upto=${upto}`);
  const strip = parseHtml(html).querySelector("#unseen-changes");
  if (!strip) return;
  strip.querySelector("time").dateTime = at;
  document.querySelector(".board__head").after(strip);
  refreshTimes(strip);
  startBehaviours(strip);
  startStrip(strip, key);
}

behaviour("unseen-changes", (board) => {
  const key = `unseen:${board.dataset.boardId}`;
  const visit = readVisit(key);
  const strip = document.getElementById("unseen-changes");
  if (strip) {
    const { after, upto } = strip.dataset;
    writeVisit(key, { after, upto, at: strip.querySelector("time").dateTime, left: Date.now() });
    startStrip(strip, key);
  } else if (visit && Date.now() - visit.left < VISIT) restoreStrip(board, key, visit).catch(() => {});
  else writeVisit(key, null);
  window.addEventListener("pagehide", () => {
    const present = readVisit(key);
    if (present) writeVisit(key, { ...present, left: Date.now() });
  });
  document.addEventListener("htmx:load", markCards);
  document.addEventListener("forge:board-updated", markCards);
});
