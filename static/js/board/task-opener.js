// A card's title opens its task over the board. The code for that is loaded when a card is first pointed at.

import { visit } from "../lib/http.js";
import { isPlainClick } from "../lib/keyboard.js";
import { lazy } from "../lib/lazy.js";

const boardPath = location.pathname;
const board = document.querySelector("[data-task-panel-style]");
let wanted = null; // the address that is to be opened when the code is here
let dialog = null; // the module of the dialog, once it is loaded

const importPanel = lazy(() => import("../task-panel/index.js"), () => board.dataset.taskPanelStyle);

/** Load the code and styles of an open task, and answer its module. Rejected when they can't be loaded. */
export async function loadTaskPanel() {
  dialog = await importPanel();
  return dialog;
}

/** Do something on the board itself, once no task is open over it. */
export const afterClosingTask = (act) => (dialog ? dialog.afterClosingTask(act) : act());

async function open(href, options) {
  wanted = href;
  try {
    await loadTaskPanel();
  } catch {
    visit(href);
    return;
  }
  if (wanted === href) dialog.openTask(href, options);
}

/** Open a card's task over the board, in its form for all fields. */
export const openEditForm = (href) => open(href, { edit: true });

if (board) {
  board.addEventListener("pointerover", (event) => event.target.closest(".card") && loadTaskPanel().catch(() => {}));
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || !isPlainClick(event)) return;
    const link = event.target.closest(".card__title");
    if (!link) return;
    event.preventDefault();
    open(link.getAttribute("href"));
  });
}
window.addEventListener("popstate", ({ state }) => {
  if (board && state?.task) open(state.task, { push: false });
  else if (location.pathname === boardPath) {
    wanted = null;
    dialog?.hideTask();
  }
});
