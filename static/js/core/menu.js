// Menus: <details> does the work; this closes them where people expect it, and focuses what they hold.

import { behaviour } from "../lib/behaviours.js";

const FIRST = "select, input:not([type=hidden]), .menu__item";

behaviour("menu", (menu) => {
  const summary = menu.querySelector("summary");
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    summary.focus();
  });
  menu.addEventListener("toggle", () => {
    if (menu.open && !menu.querySelector(".menu__popup :focus")) menu.querySelector(FIRST)?.focus();
  });
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
