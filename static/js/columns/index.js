// Dragging columns by their heads: the column itself shows where it would land, a copy of its head follows the pointer. Escape puts it
// back. Without a mouse, a column's menu moves it.

import "../board/shared.js";
import { announce, createElement, markBoardStale } from "../lib/dom.js";
import { post } from "../lib/http.js";
import { offerUndo, replaceToast } from "../lib/undo.js";
import { uuid } from "../lib/uuid.js";

const SLACK = 5; // pixels that a mouse moves before a press is a drag
const EDGE = 56; // pixels from an edge within which the board scrolls
const STEP = 14; // pixels a frame
const FAILED = "That did not work. The column is back where it was.";
const board = document.querySelector(".board__columns");
let press = null; // {column, x, y}
let drag = null; // {column, copy, next, x, dx, dy, frame}

const columnsOf = () => [...board.querySelectorAll(":scope > .column")];
const nameOf = (column) => column.querySelector(".column__name").textContent;

function lift(pointerId) {
  const { column, x, y } = press;
  press = null;
  const head = column.querySelector(".column__head");
  const { left, top, width } = head.getBoundingClientRect();
  const copy = createElement("div", "column-drag", { ariaHidden: "true", inert: true });
  copy.append(...head.cloneNode(true).childNodes);
  for (const named of copy.querySelectorAll("[id]")) named.removeAttribute("id");
  Object.assign(copy.style, { left: `${left}px`, top: `${top}px`, width: `${width}px` });
  document.body.append(copy);
  board.setPointerCapture(pointerId);
  column.classList.add("is-carried", "is-dragging"); // the live board waits while something is dragged
  document.documentElement.classList.add("is-sorting");
  drag = { column, copy, next: column.nextElementSibling, x, startX: x, startY: y, frame: 0 };
  everyFrame();
}

function everyFrame() {
  const { left, right } = board.getBoundingClientRect();
  if (drag.x < left + EDGE) board.scrollLeft -= STEP;
  else if (drag.x > right - EDGE) board.scrollLeft += STEP;
  aim();
  drag.frame = requestAnimationFrame(everyFrame);
}

/** Put the column before the first other one whose middle is right of the pointer. */
function aim() {
  const others = columnsOf().filter((column) => column !== drag.column);
  const next = others.find((column) => {
    const { left, width } = column.getBoundingClientRect();
    return drag.x < left + width / 2;
  }) ?? null;
  if (next !== drag.column.nextElementSibling) board.insertBefore(drag.column, next ?? others.at(-1)?.nextSibling ?? null);
}

function finish(back) {
  const { column, copy, next, frame } = drag;
  if (!back) aim(); // no frame need have come since the last move
  drag = null;
  cancelAnimationFrame(frame);
  copy.remove();
  column.classList.remove("is-carried", "is-dragging");
  document.documentElement.classList.remove("is-sorting");
  if (back) board.insertBefore(column, next);
  else if (column.nextElementSibling !== next) save(column, next);
}

/** Tell the server where a column has been put; `next` is the one before which it was. */
async function save(column, next, op = uuid()) {
  const columns = columnsOf();
  const place = columns.indexOf(column);
  const address = `${board.dataset.columnsUrl}/${column.dataset.columnId}/move`;
  const fields = { direction: "to", after_id: columns[place - 1]?.dataset.columnId ?? "", op };
  const { status, body } = await post(address, fields);
  if (status === 200 && body) {
    announce(`${nameOf(column)}: moved to place ${place + 1} of ${columns.length}.`);
    offerUndo(body.text, "", body.address, { fields: body.fields });
    return;
  }
  if (column.isConnected && (!next || next.isConnected)) board.insertBefore(column, next);
  else markBoardStale();
  replaceToast(body?.error?.message ?? FAILED, "danger");
}

board.addEventListener("pointerdown", (event) => {
  const { target, pointerType, button, isPrimary, clientX: x, clientY: y } = event;
  const head = target.closest(".column__head");
  if (!head || drag || !isPrimary || button || pointerType !== "mouse" || board.dataset.lanes || target.closest("a, button")) return;
  press = { column: head.closest(".column"), x, y };
});

document.addEventListener("pointermove", ({ pointerId, clientX: x, clientY: y }) => {
  if (press && Math.hypot(x - press.x, y - press.y) > SLACK) lift(pointerId);
  if (!drag) return;
  drag.x = x;
  drag.copy.style.transform = `translate(${x - drag.startX}px, ${y - drag.startY}px)`;
});

function end(back) {
  press = null;
  if (drag) finish(back);
}
document.addEventListener("pointerup", () => end(false));
document.addEventListener("pointercancel", () => end(true));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !drag) return;
  event.stopPropagation();
  end(true);
}, { capture: true });
document.documentElement.classList.add("can-sort-columns"); // the mouse says so
