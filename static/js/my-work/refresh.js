// My work follows what is done here, what comes to the inbox, and what was done elsewhere while the page was out of sight.

import { behaviour } from "../lib/behaviours.js";
import { fetchHtml } from "../lib/http.js";
import { handleOwnChanges } from "../lib/own-changes.js";
import { updateBoard } from "../live/board-update.js";

const PAUSE = 150; // milliseconds in which several reasons are one

behaviour("my-work", (board) => {
  let timer = 0;
  let turn = 0;

  async function refresh() {
    timer = 0;
    const own = ++turn;
    const html = await fetchHtml(board.dataset.columnsUrl);
    if (own === turn) updateBoard(board, html, [], true);
  }

  function refreshSoon() {
    timer ||= setTimeout(() => refresh().catch(() => {}), PAUSE); // the next reason asks again
  }

  handleOwnChanges(refreshSoon);
  board.addEventListener("forge:board-stale", refreshSoon);
  document.addEventListener("forge:inbox-changed", refreshSoon);
  document.addEventListener("visibilitychange", () => document.hidden || refreshSoon());
  addEventListener("online", refreshSoon);
});
