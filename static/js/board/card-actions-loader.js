// Running an action of a card by its name, for keys and for the command palette. The actions are loaded by the first.

import { findCard } from "../lib/card.js";
import { lazy, orToast } from "../lib/lazy.js";

const MOVES = ["column", "move"];
const READS = ["preview", "watch"]; // what everybody may do who sees the board
const styles = () => document.querySelector(".board__columns").dataset.cardActionsStyle;
const loadActions = lazy(() => import("../card-actions/actions.js"), styles);

/** Do something with a card: `name` is that of one of `cardActions`, `more` what it needs. */
export async function runCardAction(name, { dataset: { taskId } }, ...more) {
  const actions = (await orToast(loadActions()))?.cardActions;
  const card = findCard(taskId); // it may have been drawn again meanwhile, or be gone
  if (card) actions?.[name](card, ...more);
}

/** Whether this page lets one do that. */
export const canRunCardAction = (name) =>
  READS.includes(name) || document.querySelector(MOVES.includes(name) ? ".can-move" : ".can-edit") !== null;
