// Running an action of a card by its name, for keys and for the command palette. The actions are loaded by the first.

import { lazy, orToast } from "../lib/lazy.js";

const MOVES = ["column", "move"];
const styles = () => document.querySelector(".board__columns").dataset.cardActionsStyle;
const loadActions = lazy(() => import("../card-actions/actions.js"), styles);

/** Do something with a card: `name` is that of one of `cardActions`, `more` what it needs. */
export async function runCardAction(name, card, ...more) {
  (await orToast(loadActions()))?.cardActions[name](card, ...more);
}

/** Whether this page lets one do that. */
export const canRunCardAction = (name) =>
  name === "preview" || document.querySelector(MOVES.includes(name) ? ".can-move" : ".can-edit") !== null;
