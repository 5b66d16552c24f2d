// The server is told up to which change one has seen the board, while it is on the screen.

import { behaviour } from "../lib/behaviours.js";
import { afterPageLoad } from "../lib/dom.js";
import { postInBackground } from "../lib/http.js";

const SETTLED = 2000; // milliseconds on the screen after which a board counts as seen
const INTERVAL = 20_000;
const STALE = 30_000; // milliseconds after which it is worth reporting again that one was here
let url = "";
let shown = 0; // the number of the last change that the page shows
let reported = -1;
let reportedAt = 0;
let timer = 0;

/** Report now what the page shows. */
export function reportSeen() {
  clearTimeout(timer);
  timer = 0;
  reported = shown;
  reportedAt = Date.now();
  postInBackground(url, { seq: shown }).catch(() => { reported = -1; });
}

function reportSoon(delay) {
  timer ||= setTimeout(() => document.hidden || reportSeen(), delay);
}

function reportOnLeaving() {
  clearTimeout(timer);
  timer = 0;
  if (shown > reported || Date.now() - reportedAt > STALE) reportSeen();
}

/** The page shows the board as it is after its change number `seq`. */
export function boardShown(seq) {
  if (seq <= shown) return;
  shown = seq;
  if (!document.hidden) reportSoon(INTERVAL);
}

behaviour("report-seen", (board) => {
  url = board.dataset.seenUrl;
  shown = Number(board.dataset.seq);
  afterPageLoad(() => {
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) reportOnLeaving();
      else if (shown > reported) reportSoon(SETTLED);
    });
    window.addEventListener("pagehide", () => document.hidden || reportOnLeaving());
    if (!document.hidden) reportSoon(SETTLED);
  });
});
