// What others did since the last visit: its code is loaded only where the page has something of it to show, or this tab still had
// when it was left.

import { behaviour } from "../lib/behaviours.js";
import { afterPageLoad } from "../lib/dom.js";

const hasStoredVisit = (board) => {
  try {
    return sessionStorage.getItem(`unseen:${board.dataset.boardId}`) !== null;
  } catch {
    return false; // without storage there is only what the page says
  }
};

behaviour("unseen-changes-loader", (board) => {
  if (!document.getElementById("unseen-changes") && !hasStoredVisit(board)) return;
  afterPageLoad(() => import("../unseen-changes/unseen-changes.js").catch(() => {}));
});
