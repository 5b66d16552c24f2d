// Putting off: the times are shown in a popover beside the button. Without a script the button leads to a page of them.

import htmx from "../../vendor/htmx.js";
import { behaviour, startBehaviours } from "../lib/behaviours.js";
import { parseHtml } from "../lib/dom.js";
import { fetchHtml, visit } from "../lib/http.js";
import { isPlainClick } from "../lib/keyboard.js";
import { createTurns } from "../lib/latest.js";
import { clampToWindow, createPopover } from "../lib/popover.js";
import { refreshTimes } from "../lib/times.js";
import { focusEntry } from "./entries.js";

const MARGIN = 8; // pixels to the edge of the window
const beginTurn = createTurns();
let popover = null;
let button = null;

function place() {
  if (matchMedia("(max-width: 640px)").matches) {
    popover.style.translate = "";
    return;
  }
  const { right, bottom } = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const left = clampToWindow(right - width, innerWidth - width, MARGIN);
  const top = clampToWindow(bottom + 4, innerHeight - height, MARGIN);
  Object.assign(popover.style, { left: `${left}px`, top: `${top}px` });
}

function prepare() {
  popover = createPopover("snooze-popover", "auto");
  popover.setAttribute("role", "dialog");
  popover.setAttribute("aria-label", "Put off");
  // The entry that was put off is about to go: from it the focus goes on to the next one.
  popover.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
    if (detail.xhr.status >= 400) return;
    popover.hidePopover();
    if (button.isConnected) focusEntry(button.closest(".inbox-entry"));
  });
  popover.addEventListener("toggle", ({ newState }) => {
    if (newState === "closed" && popover.contains(document.activeElement) && button.isConnected) button.focus();
  });
  popover.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
    const items = [...popover.querySelectorAll(".menu__item")];
    const at = items.indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    items[(at + step + items.length) % items.length].focus();
  });
}

async function open(link) {
  if (!popover) prepare();
  const isWanted = beginTurn();
  const html = await fetchHtml(link.href).catch(() => "");
  if (!isWanted()) return; // the times of another one were asked for since
  if (!html) {
    visit(link.href);
    return;
  }
  button = link;
  popover.replaceChildren(parseHtml(html));
  htmx.process(popover);
  startBehaviours(popover);
  refreshTimes(popover);
  popover.showPopover();
  place();
  popover.querySelector(".menu__item").focus();
}

behaviour("inbox-snooze", (inbox) => {
  inbox.addEventListener("click", (event) => {
    const link = event.target.closest("[data-snooze]");
    if (!link || !isPlainClick(event)) return;
    event.preventDefault();
    focusEntry(link.closest(".inbox-entry"));
    open(link);
  });
});
