// A task in a dialog over its board, at its own address: Back closes it, Forward opens it again, a reload shows its page.

import htmx from "../../vendor/htmx.js";
import { onBackdropClick } from "../lib/backdrop.js";
import { startBehaviours } from "../lib/behaviours.js";
import { createElement, createIcon } from "../lib/dom.js";
import { fetchHtml, goToLogIn } from "../lib/http.js";
import { hasModifier, isComposing, isTyping, shortcutKey } from "../lib/keyboard.js";
import { refreshTimes } from "../lib/times.js";
import { leaveEditors } from "./leave-editors.js";

const PATIENCE = 150; // milliseconds before the dialog opens without its content
const SKELETON = '<div class="task-dialog__skeleton" aria-hidden="true"><hr><hr><hr></div>';
const STEPS = { j: 1, k: -1 };
const CHANGES = ["forge:hint", "forge:own-change"];
const boardTitle = document.title;
let dialog = null;
let shown = null; // the address of the open task
let ownCloses = 0; // how often it was closed here, and the event of that has yet to come
let loading = null;

const findLink = (href) => document.querySelector(`.card__title[href="${CSS.escape(href)}"]`);
const body = () => dialog.querySelector(".task-dialog__body");
const button = (attribute, icon, label) =>
  `<button class="button button--quiet button--icon" type="button" ${attribute} aria-label="${label}" title="${label}">`
  + `<span class="icon icon--${icon}" aria-hidden="true"></span></button>`;
const CONTENT = `<div class="task-dialog__bar">${button('data-step="-1"', "arrow-up", "Previous card (k)")}`
  + `${button('data-step="1"', "arrow-down", "Next card (j)")}${button("data-close", "x", "Close (Esc)")}</div>`
  + '<div class="task-dialog__body" tabindex="-1"></div>';

function createDialog() {
  dialog = createElement("dialog", "task-dialog", { id: "task-dialog", ariaLabel: "Task", innerHTML: CONTENT });
  document.body.append(dialog);
  dialog.addEventListener("cancel", (event) => {
    if (event.target !== dialog || !event.cancelable) return;
    event.preventDefault();
    history.back();
  });
  onBackdropClick(dialog, () => history.back());
  // A browser closes it without asking when nobody has touched the page since it was opened.
  dialog.addEventListener("close", (event) => {
    if (event.target !== dialog) return;
    if (ownCloses) ownCloses -= 1; // the next task may be open by now: Forward right after Back
    else if (shown) history.back();
  });
  dialog.addEventListener("click", onClick);
  dialog.addEventListener("keydown", onKey);
}

function onClick(event) {
  const step = event.target.closest("[data-step]");
  if (step) move(Number(step.dataset.step));
  else if (event.target.closest("[data-close], [data-close-task]")) {
    event.preventDefault();
    history.back();
  }
}

function onKey(event) {
  const isBusy = isTyping(event.target) || event.target.closest(".options");
  const key = shortcutKey(event);
  if (event.defaultPrevented || event.repeat && !(key in STEPS) || isBusy || hasModifier(event) || isComposing(event)) return;
  // An open task has the keys of its own page, and the list of keys.
  const selector = `[data-key="${CSS.escape(key)}"]`;
  const control = dialog.querySelector(selector) ?? (key === "?" ? document.querySelector(selector) : null);
  if (!(key in STEPS) && !control) return;
  event.preventDefault();
  if (control) control.click();
  else move(STEPS[key]);
}

/** The next or the previous card of the same column. */
function move(step) {
  const links = [...(findLink(shown)?.closest(".column")?.querySelectorAll(".card__title") ?? [])];
  const next = links[links.findIndex((link) => link.getAttribute("href") === shown) + step];
  if (!next) return;
  history.replaceState({ task: next.getAttribute("href") }, "", next.href);
  show(next.getAttribute("href"));
}

function reveal() {
  if (dialog.open) return;
  dialog.showModal();
  body().focus({ preventScroll: true });
}

function fill(html) {
  body().innerHTML = html;
  body().scrollTop = 0;
  reveal();
  htmx.process(body());
  startBehaviours(body());
  refreshTimes(body());
  const { title } = body().querySelector(".task-panel").dataset;
  dialog.ariaLabel = title;
  document.title = `${title} · TaskForge`;
}

/** What to say where a task can't be shown; the board behind stays. */
function fail(href, { status = 0 }) {
  const text = {
    0: "No connection, so this card can’t be shown.",
    403: "You may not see this card any more.",
    404: "This card is not there any more, or you can’t see it any more.",
  }[status] ?? "This card can’t be shown now.";
  const notice = createElement("div", "task-dialog__failed notice notice--warn", { role: "alert" });
  const again = createElement("button", "button button--small", { type: "button", textContent: "Try again" });
  again.addEventListener("click", () => show(href));
  notice.append(createIcon("circle-alert"), createElement("p", "", { textContent: text }), again);
  body().replaceChildren(notice);
  dialog.ariaLabel = text;
  reveal();
  again.focus();
}

/** Save or keep what is being written in the open task, as it is about to be taken away. */
function leave() {
  const href = shown;
  leaveEditors(dialog, () => openTask(href));
}

/** Watch for changes of the task at an address; answers a function that ends it and says whether there was one. */
function watchChanges(href) {
  let isChanged = false;
  const note = ({ detail: { id, event } }) => { isChanged ||= !event?.startsWith("task.") || href.endsWith(id); };
  for (const name of CHANGES) document.addEventListener(name, note);
  return () => {
    for (const name of CHANGES) document.removeEventListener(name, note);
    return isChanged;
  };
}

async function show(href, { edit = false } = {}) {
  if (!dialog) createDialog();
  if (shown) leave();
  loading?.abort();
  loading = new AbortController();
  const { signal } = loading;
  shown = href;
  const timer = setTimeout(() => {
    body().innerHTML = SKELETON;
    reveal();
  }, PATIENCE);
  const stopWatching = watchChanges(href);
  try {
    const html = await fetchHtml(href, { signal });
    if (signal.aborted) return;
    fill(html);
    // What became known while this was on its way, such as one's own text that was saved by leaving, may not be in it.
    if (stopWatching()) document.dispatchEvent(new CustomEvent("forge:task-stale"));
    if (edit) body().querySelector("[data-key=e]")?.click();
  } catch (error) {
    if (signal.aborted) return;
    if (error.status === 401) goToLogIn();
    else fail(href, error);
  } finally {
    clearTimeout(timer);
    stopWatching();
  }
}

/** Open the task of an address in the dialog; `push` makes the address the page's own, in place of one that is open;
    `edit` opens the form for all fields. */
export function openTask(href, { push = true, edit = false } = {}) {
  if (push && shown !== href) history[shown ? "replaceState" : "pushState"]({ task: href }, "", href);
  show(href, { edit });
}

/** Close the dialog, which shows the board's own address again. */
export function hideTask() {
  if (!shown) return;
  loading?.abort();
  leave();
  const link = findLink(shown);
  shown = null;
  if (dialog.open) ownCloses += 1;
  dialog.close();
  body().replaceChildren();
  document.title = boardTitle;
  link?.focus({ preventScroll: true });
}

/** Do something on the board itself, once no task is open over it. */
export function afterClosingTask(act) {
  if (!shown) {
    act();
    return;
  }
  window.addEventListener("popstate", () => act(), { once: true }); // after the listener that closes the task
  history.back();
}

/** Close the dialog if it shows this task; answers whether it did. */
export function closeTask(taskId) {
  if (!shown?.endsWith(taskId)) return false;
  history.back();
  return true;
}
