// Lanes: where a column is crossed by them, a card has a lane too, and moving it there changes what the lane stands for.

import { focusCard } from "../lib/card.js";
import { parseHtml } from "../lib/dom.js";
import { refreshTimes } from "../lib/times.js";
import { animateMove } from "./motion.js";
import { findCell, placeOf, putCard } from "./placement.js";

const findLane = (key) => [...document.querySelectorAll(".column--cell")].find(({ dataset }) => dataset.lane === key)?.closest(".lane");

/** What is said after the name of a column. */
export const laneSuffix = (key) => {
  const name = findLane(key)?.querySelector(".lane__name").textContent; // none without lanes, or where others are shown by now
  return name ? `, ${name}` : "";
};

/** What the board is crossed by; "" or undefined where it has no lanes. */
export const shownLanes = () => document.querySelector(".board__columns").dataset.lanes;

/** The fields of the move form beside the column: the lane, where it is another one. */
export const laneFields = ({ from, to, lanes }) => (from.lane === to.lane ? {} : { lanes, lane: to.lane });

/** One card less in one lane, one more in another. */
export function recountLanes(from, to) {
  for (const [key, by] of [[from, -1], [to, 1]]) {
    const count = findLane(key)?.querySelector(".lane__count");
    if (count) count.textContent = Number(count.textContent) + by;
  }
}

/** Render a card again after the server has changed it, in the lane to which it belongs now: another tag may be its first one. */
export function redrawInLane(card, { card: html, lane }) {
  const fresh = parseHtml(html);
  refreshTimes(fresh);
  const focused = card.contains(document.activeElement);
  card.replaceChildren(...fresh.firstElementChild.childNodes);
  if (focused) focusCard(card);
  const { columnId, lane: present } = placeOf(card);
  const key = findCell(columnId, lane)?.dataset.lane ?? "others"; // a tag may be spelt in another case
  if (present === undefined || present === key || !findCell(columnId, key)) return;
  const start = card.getBoundingClientRect();
  recountLanes(present, key);
  putCard(card, { columnId, lane: key, beforeId: "", afterId: "" });
  animateMove(card, start);
}
