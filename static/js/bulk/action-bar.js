// The bar at the foot of the board: how many cards are selected, and what can be done with all of them. The server renders it.

import { startBehaviours } from "../lib/behaviours.js";
import { focusCard } from "../lib/card.js";
import { parseHtml } from "../lib/dom.js";
import { fetchHtml } from "../lib/http.js";
import { contextCard } from "../lib/selected-card.js";
import { toast } from "../lib/toast.js";
import { runBulkAction } from "./run.js";
import { clearSelection } from "./selection.js";

const config = document.getElementById("bulk-config");
const CONTROLS = ".bulk__head .button, .bulk__actions summary, .bulk__actions > .button";
const PRIORITY_KEYS = ["medium", "low", "medium", "high", "urgent"];
const BAR_KEYS = /^[0-4aimsdl]$/; // templates/boards/_bulk.html
let bar = null;
let loading = null;
let count = 0;

function returnFocus() {
  if (!bar?.contains(document.activeElement) && document.activeElement !== document.body) return;
  focusCard(contextCard() ?? document.querySelector(".card"));
}

const fetchBar = async () => parseHtml(await fetchHtml(config.dataset.url)).querySelector("#bulk");

/** Show or hide the bar; it is fetched again for each selection, as columns and people change. */
export async function showBar(isOn, number) {
  count = number;
  if (!isOn) {
    returnFocus();
    bar?.remove();
    bar = loading = null;
    return;
  }
  if (!bar && !loading) {
    const request = loading = fetchBar();
    try {
      const fresh = await request;
      if (loading !== request) return;
      build(fresh);
    } catch {
      if (loading === request) loading = null;
      toast("No connection, so nothing can be done with these cards now.", "danger");
      return;
    }
  }
  if (bar) bar.querySelector(".bulk__count strong").textContent = count;
}

function build(fresh) {
  bar = fresh;
  document.querySelector(".board").append(bar);
  startBehaviours(bar);
  bar.addEventListener("click", onClick);
  bar.addEventListener("submit", onSubmit);
  bar.addEventListener("keydown", onArrow);
}

const closeMenus = () => bar.querySelectorAll(".menu[open]").forEach((menu) => { menu.open = false; });

function run(action, value, label) {
  if (!count) {
    toast("Select a card first.");
    return;
  }
  closeMenus();
  returnFocus();
  runBulkAction(bar, { action, value, label });
}

function onClick({ target }) {
  const button = target.closest("[data-action]");
  if (button) run(button.dataset.action, button.dataset.value, button.dataset.label);
  else if (target.closest("[data-clear]")) clearSelection();
  const opened = target.closest("summary")?.parentElement;
  if (opened) for (const menu of bar.querySelectorAll(".menu[open]")) if (menu !== opened) menu.open = false;
}

function onSubmit(event) {
  event.preventDefault();
  const { value } = event.target.elements[event.target.dataset.form];
  run(event.submitter.value, value, value);
  event.target.reset();
}

/** Arrows walk the controls of the bar, and the items of an open menu. */
function onArrow(event) {
  const item = event.target.closest(".menu__item");
  const along = item ? ["ArrowUp", "ArrowDown"] : ["ArrowLeft", "ArrowRight"];
  const step = { [along[0]]: -1, [along[1]]: 1 }[event.key];
  if (!step || event.target.matches("input")) return;
  event.preventDefault();
  event.stopPropagation();
  const all = item ? [...item.parentElement.querySelectorAll(".menu__item")] : [...bar.querySelectorAll(CONTROLS)];
  all.at((all.indexOf(item ?? event.target) + step) % all.length)?.focus();
}

/** What a key does with all selected cards; false where it does nothing. One that comes before the bar waits for it. */
export function pressKey(key) {
  const request = loading;
  if (!bar && request && BAR_KEYS.test(key)) {
    request.then(() => request === loading && pressKey(key), () => {}); // a failure has been said
    return true;
  }
  const menu = bar?.querySelector(`[data-keys*="${CSS.escape(key)}"]`);
  if (menu) {
    const open = !menu.open;
    closeMenus();
    menu.open = open;
    if (open) menu.querySelector("input, .menu__item")?.focus();
    return true;
  }
  if (!bar?.querySelector("[data-action=assignee]")) return false;
  if (key === "i") run("assignee", config.dataset.userId, "you");
  else if (/^[0-4]$/.test(key)) run("priority", PRIORITY_KEYS[key], "");
  else return false;
  return true;
}
