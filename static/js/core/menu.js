// Menus: <details> does the work; this closes them where people expect it, and focuses what they hold.

import { behaviour } from "../lib/behaviours.js";
import { isEscape } from "../lib/keyboard.js";

const FIRST = "select, input:not([type=hidden]), .menu__item";

behaviour("menu", (menu) => {
  const summary = menu.querySelector("summary");
  menu.addEventListener("keydown", (event) => {
    if (!isEscape(event) || !menu.open) return;
    menu.open = false;
    summary.focus();
  });
  menu.addEventListener("toggle", () => {
    if (menu.open && !menu.querySelector(".menu__popup :focus")) [...menu.querySelectorAll(FIRST)].find((item) => item.checkVisibility())?.focus();
  });
});

let pressed = null; // where the last click began: what is selected in a menu may end outside it
document.addEventListener("pointerdown", ({ target }) => { pressed = target; });
document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(target) && !menu.contains(pressed)) menu.open = false;
});
