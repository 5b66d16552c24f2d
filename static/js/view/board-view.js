// Another filter or other lanes: the parts of the board that change are fetched and replaced, and the address follows, so that Back works.

import htmx from "../../vendor/htmx.js";
import { view } from "../board/view-state.js";
import { startBehaviours } from "../lib/behaviours.js";
import { markBoardStale, parseHtml } from "../lib/dom.js";
import { fetchHtml, visit } from "../lib/http.js";
import { loadStyles } from "../lib/lazy.js";
import { ownChanges } from "../lib/request-queue.js";
import { refreshTimes } from "../lib/times.js";

const PARTS = ["board-tools", "board-chips"];
const findBoard = () => document.querySelector(".board__columns");

/** Where a form of the shown board belongs in the fresh one. */
function counterpart(form, fresh) {
  const { columnId, lane } = form.closest(".column").dataset;
  const cell = [...fresh.querySelectorAll(".column--cell")].find(({ dataset }) => dataset.columnId === columnId && dataset.lane === lane);
  return fresh.querySelector(`#${CSS.escape(form.id)}`) ?? cell?.querySelector(".lane-add");
}

/** A form in which something was written and not sent, a line or a pasted list, stays what it is. */
function keepWrittenForms(board, fresh) {
  for (const form of board.querySelectorAll("form.quick-add")) {
    if (form.elements.title.value || form.querySelector(".quick-add__paste")) counterpart(form, fresh)?.replaceWith(form);
  }
}

function replaceColumns(fresh) {
  const board = findBoard();
  const focused = document.activeElement;
  keepWrittenForms(board, fresh);
  board.className = fresh.className;
  Object.assign(board.dataset, fresh.dataset); // how it is grouped, and what its rows show
  board.replaceChildren(...fresh.childNodes);
  board.scrollTo(0, 0);
  if (board.contains(focused)) focused.focus({ preventScroll: true });
  htmx.process(board);
  startBehaviours(board);
}

function replaceParts(fresh) {
  refreshTimes(fresh);
  const active = document.activeElement?.closest(`#${PARTS.join(", #")}`) && document.activeElement;
  for (const id of PARTS) {
    const part = fresh.getElementById(id);
    document.getElementById(id).replaceWith(part);
    htmx.process(part);
    startBehaviours(part);
  }
  replaceColumns(fresh.querySelector(".board__columns"));
  const name = active?.getAttribute("aria-label");
  if (document.activeElement !== document.body || !(active?.id || name)) return;
  const again = document.getElementById(active.id) ?? document.querySelector(`#board-tools [aria-label="${CSS.escape(name)}"]`);
  (again ?? document.getElementById("board-filter")).focus();
}

const namesLanes = (address) => new URL(address, location.href).searchParams.has("lanes");

/** The server remembers lanes that are chosen, so this step of the history must keep its own before: or Back would show the new ones. */
function rememberLanes(address) {
  if (namesLanes(location.href) || !namesLanes(address)) return;
  history.replaceState({ ...history.state, lanes: findBoard().dataset.lanes || "none" }, "");
}

/** What to fetch for an address; a step back has the lanes that it had then. */
function requestUrl(address, push) {
  const url = new URL(address, location.href);
  if (!push && history.state?.lanes && !namesLanes(address)) url.searchParams.set("lanes", history.state.lanes);
  return url;
}

/** Show the board at an address. `push`: whether it becomes a step of the history. Where that fails, go to the address. */
export async function showView(address, push = true) {
  const request = ++view.requested;
  const { begun, underWay } = ownChanges();
  let isOutdated = underWay;
  const onHint = () => { isOutdated = true; };
  document.addEventListener("forge:hint", onHint);
  if (push) {
    rememberLanes(address);
    history.pushState({ view: true }, "", address);
  }
  try {
    const fresh = parseHtml(await fetchHtml(requestUrl(address, push)));
    const { lanes, lanesStyle } = fresh.querySelector(".board__columns").dataset;
    if (lanes) await loadStyles(lanesStyle);
    if (request !== view.requested) return; // another choice was faster
    replaceParts(fresh);
    view.shown = request;
    view.address = new URL(address, location.href).href;
    // What was moved or changed meanwhile, here or elsewhere, may stand where it was.
    if (isOutdated || begun !== ownChanges().begun) markBoardStale();
  } catch {
    if (request === view.requested) visit(address);
  } finally {
    document.removeEventListener("forge:hint", onHint);
  }
}
