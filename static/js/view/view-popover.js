// A popover that shows what is behind a link with data-popover, beside the link. Esc and a click elsewhere close it.

import htmx from "../../vendor/htmx.js";
import { startBehaviours } from "../lib/behaviours.js";
import { markBoardStale, mayTakeFocus } from "../lib/dom.js";
import { fetchHtml, visit } from "../lib/http.js";
import { createTurns } from "../lib/latest.js";
import { loadStyles } from "../lib/lazy.js";
import { clampToWindow, createPopover } from "../lib/popover.js";
import { toast } from "../lib/toast.js";
import { showView } from "./board-view.js";
import { submitFormForHtml } from "./submit-form.js";

const GAP = 6; // pixels between the link and the popover
const MARGIN = 8; // pixels between the popover and the window's edge
const ALL_FIELDS = "input:not([type=hidden], [type=radio])";
const popover = createPopover("menu__popup view-popover", "auto");
popover.id = "view-popover";
popover.setAttribute("role", "dialog");
const beginTurn = createTurns();
let opener = null;
let refills = 0;

const isFilterOpen = () => popover.matches(":popover-open") && popover.querySelector("[data-module~=filter-form]") !== null;

/** The link of the popover; where it has been drawn again, the one that took its place. */
function findOpener() {
  if (opener.isConnected) return opener;
  const sameLink = document.querySelector(`a[data-popover][href="${CSS.escape(popover.dataset.page)}"]`);
  return sameLink ?? document.getElementById(opener.id || "board-filter");
}

function place() {
  const { left, right, bottom } = findOpener().getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const start = left + width + GAP > innerWidth ? right - width : left;
  popover.style.left = `${clampToWindow(start, innerWidth - width, MARGIN)}px`;
  popover.style.top = `${clampToWindow(bottom + GAP, innerHeight - height, MARGIN)}px`;
}

function fill(html) {
  popover.innerHTML = html;
  htmx.process(popover);
  startBehaviours(popover);
}

/** Open the popover of a link, or close it where it is open; where that fails, go to the link's page. */
export async function openViewPopover(link) {
  const isWanted = beginTurn();
  const isOpen = popover.matches(":popover-open") && opener === link;
  if (isOpen) {
    popover.hidePopover();
    return;
  }
  try {
    const { viewStyle } = document.querySelector(".board__columns").dataset;
    const [html] = await Promise.all([fetchHtml(link.href), loadStyles(viewStyle)]);
    if (!isWanted()) return;
    opener = link;
    popover.dataset.page = link.getAttribute("href"); // where its form is found again
    fill(html);
  } catch {
    if (isWanted()) visit(link.href);
    return;
  }
  popover.ariaLabel = link.ariaLabel ?? link.textContent.trim();
  popover.showPopover();
  place();
  (popover.querySelector("[aria-invalid=true]") ?? popover.querySelector(ALL_FIELDS))?.focus();
}

/** Fetch the filter's form, where it is still open, from another address; the field that had the focus gets it again. */
export async function refillFilter(address) {
  if (!isFilterOpen()) return;
  const refill = ++refills;
  const before = document.activeElement.value;
  const html = await fetchHtml(address).catch(() => null);
  if (html === null || refill !== refills || !isFilterOpen()) return;
  const { name, value, selectionStart } = document.activeElement;
  if (value !== before) return; // more was typed meanwhile, and is asked for next
  const { scrollTop } = popover;
  fill(html);
  const fields = [...popover.querySelectorAll("input")].filter((field) => field.name === name);
  const field = fields.find((one) => one.value === value) ?? fields[0];
  field?.focus();
  if (field?.type === "search") field.setSelectionRange(selectionStart, selectionStart);
  popover.scrollTop = scrollTop;
}

export const closeViewPopover = () => popover.hidePopover();

popover.addEventListener("toggle", ({ newState }) => {
  if (opener) opener.ariaExpanded = newState === "open" ? "true" : "false";
  if (newState !== "closed") return;
  if (mayTakeFocus(popover)) findOpener()?.focus();
});
// What is opened inside makes it taller, and may begin below its edge.
popover.addEventListener("toggle", ({ target }) => {
  if (target === popover) return;
  place();
  if (target.open) target.scrollIntoView({ block: "nearest" });
}, { capture: true });
popover.addEventListener("click", (event) => event.target.closest("[data-popover-close]") && popover.hidePopover());

/** The page shows a saved view from now on: its address names it, and so do the links that take it along. */
function nameSavedView(mark) {
  const url = new URL(location.href);
  url.searchParams.set("view", mark);
  history.replaceState(history.state, "", url);
  showView(url.href, false);
}

async function submit(form, submitter) {
  const { href } = location;
  const answer = await submitFormForHtml(form, submitter);
  const isShown = form.isConnected && popover.matches(":popover-open");
  if (answer.status === 204) {
    if (isShown) popover.hidePopover();
    markBoardStale();
    const savedView = answer.headers.get("X-Saved-View");
    if (savedView && location.href === href) nameSavedView(savedView);
    const triggered = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}");
    for (const [name, detail] of Object.entries(triggered)) document.dispatchEvent(new CustomEvent(name, { detail }));
  } else if (isShown && (answer.status === 409 || answer.status === 422)) {
    fill(await answer.text());
    const question = popover.querySelector("details[open] :is(select, button)");
    (popover.querySelector("[aria-invalid=true]") ?? question ?? popover.querySelector("button"))?.focus();
  } else throw new Error(`status ${answer.status}`);
}

// A form that changes something is sent from here: the board shows the change, the popover what was wrong with it.
popover.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  event.preventDefault();
  if (form.ariaBusy) return;
  form.ariaBusy = "true";
  try {
    await submit(form, event.submitter);
  } catch {
    toast("That did not work, and nothing was changed. Please try again.", "danger");
  } finally {
    form.ariaBusy = null;
  }
});
