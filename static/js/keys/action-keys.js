// The keys of the selected card. Their actions are loaded by the first of them.

import { canRunCardAction, runCardAction } from "../board/card-actions-loader.js";
import { behaviour } from "../lib/behaviours.js";
import { isShortcut, shortcutKey } from "../lib/keyboard.js";
import { selectedCard } from "../lib/selected-card.js";

const PRIORITIES = ["medium", "low", "medium", "high", "urgent"]; // by digit; 0 sets what a new card has
const actions = { " ": "preview", e: "edit", t: "title", a: "assignee", i: "assignToMe", l: "tags", d: "due", s: "column", m: "move", w: "watch" };
const actionOf = (key) => (/^[0-4]$/.test(key) ? ["priority", PRIORITIES[key]] : [actions[key]]);

behaviour("action-keys", () => {
  document.addEventListener("keydown", (event) => {
    if (event.repeat || !isShortcut(event)) return;
    const [name, value] = actionOf(shortcutKey(event));
    const card = name && canRunCardAction(name) && selectedCard();
    if (!card || event.key === " " && !event.target.matches("body, .card__title")) return;
    event.preventDefault();
    runCardAction(name, card, value);
  });
});
