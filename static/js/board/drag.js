// Dragging cards: by mouse at once, by finger or pen after a short hold, so that a swipe still scrolls.
// The card itself shows where it would land; a copy follows the pointer. Escape puts it back.

import { behaviour } from "../lib/behaviours.js";
import { animateMove, floatingCopy, reducedMotion } from "./motion.js";
import { commitMove, registerDragCancel } from "./moves.js";
import { placeOf, putCard } from "./placement.js";

const MOUSE_SLACK = 5; // pixels that a mouse moves before a press is a drag
const HOLD = 300; // milliseconds that a finger rests
const TOUCH_SLACK = 8; // pixels that a resting finger may tremble
const EDGE = 56; // pixels from an edge within which things scroll
const MAX_SCROLL = 14; // pixels a frame at the very edge
const STEP_PAUSE = 900; // milliseconds at each column, where the screen has room for one
let press = null; // {card, pointerId, x, y, timer}
let drag = null; // {card, copy, from, x, y, startX, startY, board, column, frame, stepAt}

function lift(board) {
  const { card, x, y, pointerId } = press;
  forgetPress();
  if (!card.isConnected) return;
  board.setPointerCapture(pointerId);
  const copy = floatingCopy(card, card.getBoundingClientRect());
  drag = { card, copy, board, from: placeOf(card), x, y, startX: x, startY: y, column: null, frame: 0, stepAt: 0 };
  card.classList.add("is-ghost");
  document.documentElement.classList.add("is-sorting");
  everyFrame();
}

function forgetPress() {
  clearTimeout(press?.timer);
  press = null;
}

function everyFrame() {
  if (!drag.card.isConnected) return finish(true); // the board was drawn again, for another filter, say
  scrollAtEdges();
  aim();
  drag.frame = requestAnimationFrame(everyFrame);
}

/** How far to scroll in this frame: nothing in the middle, faster towards either edge. */
function pull(at, low, high) {
  const near = Math.min(EDGE, (high - low) / 4);
  if (at < low + near) return -Math.ceil(MAX_SCROLL * Math.min(1, (low + near - at) / near));
  if (at > high - near) return Math.ceil(MAX_SCROLL * Math.min(1, (at - high + near) / near));
  return 0;
}

/** Where columns are as wide as the screen: at an edge one column further, then a pause, in which the card can be dropped there. */
function stepAtEdge(way) {
  const now = performance.now();
  if (!way) drag.stepAt = now + STEP_PAUSE / 3;
  else if (now > drag.stepAt) {
    drag.stepAt = now + STEP_PAUSE;
    const [one, other] = drag.board.querySelectorAll(".column");
    const left = other ? Math.sign(way) * (other.offsetLeft - one.offsetLeft) : 0;
    drag.board.scrollBy({ left, behavior: reducedMotion.matches ? "instant" : "smooth" });
  }
}

function scrollAcross({ left, right }) {
  const way = drag.x === drag.startX ? 0 : pull(drag.x, left, right);
  if (!drag.board.dataset.lanes && drag.column.offsetWidth > (right - left) * 0.6) stepAtEdge(way);
  else drag.board.scrollLeft += way;
}

function scrollAtEdges() {
  if (!drag.column) return; // nothing scrolls before the card has been somewhere
  const across = drag.board.getBoundingClientRect();
  const list = drag.column.querySelector(".column__cards");
  const along = list.getBoundingClientRect();
  scrollAcross(across);
  if (drag.y === drag.startY) return;
  if (drag.board.dataset.lanes) drag.board.scrollTop += pull(drag.y, across.top, across.bottom);
  else list.scrollTop += pull(drag.y, along.top, along.bottom);
}

/** Whether the pointer is over a column, however short; in lanes, over that cell. Lanes of mixed cards take none from elsewhere. */
function isUnder(column) {
  const { left, right, top, bottom } = column.getBoundingClientRect();
  if (drag.x < left || drag.x > right) return false;
  const { lane } = column.dataset;
  return lane === undefined || drag.y >= top && drag.y <= bottom && (lane !== "others" || drag.from.lane === lane);
}

/** Show where the card would land: above the first card of the column whose middle is lower; in a folded one, at the top. */
function aim() {
  const { card, y } = drag;
  const under = [...drag.board.querySelectorAll(".column")].find(isUnder);
  const column = under ?? drag.column ?? card.closest(".column");
  if (column !== drag.column) {
    drag.column?.classList.remove("is-target");
    column.classList.add("is-target");
    drag.copy.dataset.hue = column.dataset.hue;
    drag.column = column;
  }
  const others = [...column.querySelectorAll(".card")].filter((other) => other !== card);
  const folded = !column.querySelector(".column__cards").checkVisibility();
  const lower = folded ? others[0] : others.find((other) => {
    const { top, height } = other.getBoundingClientRect();
    return y < top + height / 2;
  });
  const place = {
    columnId: column.dataset.columnId,
    lane: column.dataset.lane,
    beforeId: lower?.dataset.taskId ?? "",
    afterId: (lower ? others[others.indexOf(lower) - 1] : others.at(-1))?.dataset.taskId ?? "",
  };
  if (!same(place, placeOf(card))) putCard(card, place);
}

const same = (one, other) => ["columnId", "lane", "beforeId", "afterId"].every((name) => one[name] === other[name]);

/** End the drag; the copy settles onto the card, which stays where it is, or goes back. */
function finish(back) {
  const { card, copy, from, frame, board } = drag;
  if (!back && card.isConnected) aim();
  drag = null;
  cancelAnimationFrame(frame);
  const landing = copy.getBoundingClientRect();
  copy.remove();
  for (const tinted of board.querySelectorAll(".is-target")) tinted.classList.remove("is-target");
  card.classList.remove("is-ghost");
  document.documentElement.classList.remove("is-sorting");
  if (!card.isConnected) return;
  if (back) putCard(card, from);
  animateMove(card, landing);
  if (!back && !same(from, placeOf(card))) commitMove(card, from);
  swallowClick();
}

// The click that ends a drag must not open the card. The browser sends none where the pressed element was taken out of the
// document on the way, so the next press ends the waiting: its click is meant.
function swallowClick() {
  const waiting = new AbortController();
  const { signal } = waiting;
  const swallow = (event) => {
    event.preventDefault();
    event.stopPropagation();
    waiting.abort();
  };
  document.addEventListener("click", swallow, { capture: true, signal });
  document.addEventListener("pointerdown", () => waiting.abort(), { capture: true, signal });
  setTimeout(() => waiting.abort(), 50);
}

/** Put a card that is being dragged back where the drag began. */
registerDragCancel((card) => drag?.card === card && finish(true));

function onDown(board, event) {
  if (press || drag || !event.isPrimary || event.button) return;
  const card = event.target.closest(".card");
  if (!card || event.target.closest(".card__move")) return;
  press = { card, pointerId: event.pointerId, x: event.clientX, y: event.clientY, timer: 0 };
  if (event.pointerType !== "mouse") press.timer = setTimeout(() => lift(board), HOLD);
}

function onMove(board, { pointerId, clientX, clientY }) {
  if (press?.pointerId === pointerId) {
    const far = Math.hypot(clientX - press.x, clientY - press.y);
    if (press.timer && far > TOUCH_SLACK) forgetPress();
    else if (!press.timer && far > MOUSE_SLACK) lift(board);
  }
  if (!drag) return;
  Object.assign(drag, { x: clientX, y: clientY });
  drag.copy.style.transform = `translate(${clientX - drag.startX}px, ${clientY - drag.startY}px)`;
}

function onEnd(back) {
  forgetPress();
  if (drag) finish(back);
}

behaviour("drag", (board) => {
  board.addEventListener("pointerdown", (event) => onDown(board, event));
  document.addEventListener("pointermove", (event) => onMove(board, event));
  document.addEventListener("pointerup", (event) => event.isPrimary && onEnd(false));
  document.addEventListener("pointercancel", (event) => event.isPrimary && onEnd(true));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drag) return;
    event.stopPropagation();
    onEnd(true);
  }, { capture: true });
  // The browser's own actions for a long press and for dragging a link.
  board.addEventListener("touchmove", (event) => drag && event.preventDefault(), { passive: false });
  board.addEventListener("contextmenu", (event) => (drag || press?.timer) && event.preventDefault());
  board.addEventListener("dragstart", (event) => event.target.closest(".card") && event.preventDefault());
});
