// Dialogs: <dialog> does the work; this opens them, closes them, and fills the one that shows what is behind a link.

import htmx from "../../vendor/htmx.js";
import { onBackdropClick } from "../lib/backdrop.js";
import { behaviour } from "../lib/behaviours.js";
import { fetchHtml, visit } from "../lib/http.js";
import { isPlainClick } from "../lib/keyboard.js";
import { createTurns } from "../lib/latest.js";

const beginTurn = createTurns();

behaviour("dialog", (dialog) => {
  dialog.addEventListener("click", (event) => {
    const close = event.target.closest("[data-dialog-close]");
    if (!close) return;
    event.preventDefault();
    dialog.close();
  });
  onBackdropClick(dialog, () => dialog.close());
  dialog.addEventListener("close", () => dialog.querySelector("#dialog-body")?.replaceChildren());
});

/** Show the partial behind a link in the page's dialog; where that fails, go to the link's page if the server can be reached. */
async function openLink(link) {
  const isWanted = beginTurn();
  const dialog = document.getElementById("dialog");
  const html = await fetchHtml(link.href).catch(() => "");
  if (!isWanted()) return;
  if (!html) {
    visit(link.href);
    return;
  }
  dialog.dataset.page = link.getAttribute("href"); // where its form is found again
  htmx.swap("#dialog-body", html, { swapStyle: "innerHTML" });
  dialog.ariaLabel = link.ariaLabel ?? link.textContent.trim();
  dialog.showModal();
  dialog.querySelector("input:checked")?.focus();
}

document.addEventListener("click", (event) => {
  if (!isPlainClick(event)) return;
  const link = event.target.closest("a[data-dialog], .card__move");
  if (link) {
    event.preventDefault();
    openLink(link);
  }
  const opener = event.target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open).showModal();
});
