// The command palette is opened by Ctrl+K and by buttons; its code is loaded by the first of them.

import { isCommandKey, isComposing, isPlainClick, waitForKeyReplay } from "../lib/keyboard.js";
import { lazy, orToast } from "../lib/lazy.js";
import { contextCard } from "../lib/selected-card.js";

const palette = document.getElementById("palette");

async function importPalette() {
  const onBoard = document.querySelector(".board__columns");
  const [module] = await Promise.all([import("../palette/palette.js"), onBoard && import("../palette/board-commands.js")]);
  return module;
}
const loadPalette = lazy(importPalette, () => palette.dataset.style);

async function open(mode) {
  await waitForKeyReplay();
  // Before the focus goes to the palette, as it decides which card is selected.
  const card = document.querySelector(".task-dialog[open]") ? null : contextCard();
  (await orToast(loadPalette()))?.showPalette(mode, card);
}

if (palette) {
  document.addEventListener("keydown", (event) => {
    if (!isCommandKey(event, "k") || event.shiftKey || isComposing(event)) return;
    event.preventDefault();
    if (!palette.open) open("all");
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-palette]");
    if (!opener || !isPlainClick(event)) return;
    event.preventDefault();
    open(opener.dataset.palette);
  });
}
