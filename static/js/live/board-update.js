// Putting fresh columns in place of those on the page, and nothing else: focus, scroll and what is being written stay.

import htmx from "../../vendor/htmx.js";
import { startBehaviours } from "../lib/behaviours.js";
import { focusOf } from "../lib/card.js";
import { parseHtml } from "../lib/dom.js";
import { isTyping } from "../lib/keyboard.js";
import { refreshTimes } from "../lib/times.js";
import { measureCards, showRemoteChanges } from "./remote-changes.js";

const isTypedIn = (element) => element.contains(document.activeElement) && isTyping(document.activeElement);
const hasChanges = (form) =>
  [...form.querySelectorAll("input:not([type=hidden]), textarea")].some((field) => field.value !== field.defaultValue);
const isInUse = (element) =>
  isTypedIn(element) || element.querySelector(".quick-add__paste") !== null || [...element.querySelectorAll("form")].some(hasChanges);

/** Make the children of `parent` these, moving as few as can be, so that focus and scroll stay. */
function arrange(parent, wanted) {
  const kept = new Set(wanted);
  for (const child of [...parent.childNodes]) if (!kept.has(child)) child.remove();
  let at = parent.firstChild;
  for (const node of wanted) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
}

/** The card to show: the one that is here where nothing about it differs, or somebody is writing in it. */
function choose(fresh) {
  const old = document.getElementById(fresh.id);
  if (!old) return fresh;
  const same = old.innerHTML === fresh.innerHTML && old.dataset.version === fresh.dataset.version;
  if (same || isInUse(old)) return old;
  if (Number(old.dataset.version) > Number(fresh.dataset.version)) return old;
  return fresh;
}

/** `touched`: the ids of the tasks that changed; those that look or stand otherwise now are added to `changed`. */
function updateCards(here, fresh, touched, changed) {
  const more = fresh.querySelector(".column__more");
  const shown = [...fresh.querySelectorAll(".card")];
  const ids = new Set(shown.map((card) => card.id));
  const cards = shown.map((card) => {
    const chosen = choose(card);
    if (touched.has(card.dataset.taskId) && (chosen === card || chosen.parentElement !== here)) changed.add(card.dataset.taskId);
    const elsewhere = document.getElementById(card.id);
    if (elsewhere && elsewhere !== chosen) elsewhere.remove();
    return chosen;
  });
  // Pages that were brought in while scrolling stay; the link below them, if any card is missing, brings them again.
  const further = more ? [...here.querySelectorAll(".card")].filter((card) => !ids.has(card.id) && !touched.has(card.dataset.taskId)) : [];
  const missing = more?.firstElementChild;
  if (missing) missing.textContent -= further.length;
  if (missing?.textContent <= 0) more.remove();
  const rest = [...fresh.children].filter((child) => !child.matches(".card"));
  arrange(here, [...cards, ...further, ...rest]);
  if (more) htmx.process(more);
}

function updateHead(here, fresh) {
  Object.assign(here.dataset, fresh.dataset);
  const head = here.querySelector(".column__head");
  const newHead = fresh.querySelector(".column__head");
  if (isInUse(head) || head.innerHTML === newHead.innerHTML) return;
  const count = newHead.querySelector(".column__count")?.firstChild?.data.split("/")[0];
  const jump = document.querySelector(`.board__jump a[href="#${CSS.escape(here.id)}"] .muted`);
  if (jump) jump.textContent = count;
  head.replaceWith(newHead);
}

function updateColumn(board, fresh, touched, changed) {
  const here = document.getElementById(fresh.id);
  if (!here) {
    board.append(fresh);
    htmx.process(fresh);
    startBehaviours(fresh);
    return;
  }
  updateHead(here, fresh);
  updateCards(here.querySelector(".column__cards"), fresh.querySelector(".column__cards"), touched, changed);
}

/** The server always sends all lanes: their heads are replaced, and each cell is updated as a column is. */
function updateLanes(board, fresh, touched, changed) {
  const lanes = [...fresh.children].map((lane) => {
    const here = document.getElementById(lane.id);
    if (!here || !lane.matches(".lane")) return here?.innerHTML === lane.innerHTML ? here : lane;
    here.querySelector(".lane__head").replaceChildren(...lane.querySelector(".lane__head").childNodes);
    const old = [...here.querySelectorAll(".column")];
    const cells = [...lane.querySelectorAll(".column")].map((cell) => {
      const kept = old.find(({ dataset }) => dataset.columnId === cell.dataset.columnId);
      if (!kept) return cell;
      Object.assign(kept.dataset, cell.dataset);
      updateCards(kept.querySelector(".column__cards"), cell.querySelector(".column__cards"), touched, changed);
      return kept;
    });
    arrange(here.querySelector(".lane__cells"), cells);
    return here;
  });
  arrange(board, lanes);
}

function updateColumns(board, fresh, touched, changed, whole) {
  const columns = [...fresh.querySelectorAll(".column")];
  for (const column of columns) updateColumn(board, column, touched, changed);
  if (!whole) return;
  const order = columns.map((column) => document.getElementById(column.id));
  const left = [...board.querySelectorAll(".column")].filter((column) => !order.includes(column) && isInUse(column));
  arrange(board, [...order, ...left]);
}

/** Put the columns of `html` in place; `hints` say what changed, `whole` that these are all columns of the board. */
export function updateBoard(board, html, hints, whole) {
  const fresh = parseHtml(html);
  refreshTimes(fresh);
  const touched = new Set(hints.map(({ cardId }) => cardId));
  const changed = new Set();
  const before = measureCards(touched);
  const focused = document.activeElement.closest(".card");
  const focusAgain = focusOf(focused);
  if (board.dataset.lanes) updateLanes(board, fresh, touched, changed);
  else updateColumns(board, fresh, touched, changed, whole);
  // A card that is drawn anew, or taken elsewhere, loses the focus on the way.
  const shown = focused && document.getElementById(focused.id);
  if (shown && document.activeElement === document.body) focusAgain(shown);
  showRemoteChanges(hints, before, changed);
  document.dispatchEvent(new CustomEvent("forge:board-updated"));
}
