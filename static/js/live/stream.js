// The live stream of the open board: it is opened, opened again after a failure, and replaced by polling while it can't be had.

import { behaviour } from "../lib/behaviours.js";
import { afterPageLoad, tellInbox } from "../lib/dom.js";
import { handleOwnChanges } from "../lib/own-changes.js";
import { BoardRefresh } from "./board-refresh.js";
import { clearPresence, currentUserId, showPresence } from "./presence.js";

const POLL = 10_000;
const LONGEST_PAUSE = 600_000;
const MAX_FAILURES = 3; // in a row, until the page polls
const HIDDEN = 60_000; // milliseconds out of sight after which the stream is closed
const TICK = 5000;
const LONGEST_TICK = 30_000; // milliseconds between two ticks after which the device must have slept
const PAUSED = "Live updates paused";
const GONE = "This board can no longer be reached";
const jitter = (from, to) => from + Math.random() * (to - from);

function connect(board) {
  const status = document.getElementById("live-status");
  const refresh = new BoardRefresh(board, () => {
    if (refresh.isStopped) return;
    stop();
    say(GONE);
    comeBack();
  });
  let source = null;
  let failures = 0;
  let retry = 0;
  let poll = 0;

  function say(text) {
    if (status.textContent !== text) status.textContent = text;
  }

  function close() {
    source?.close();
    source = null;
    clearTimeout(retry);
    retry = 0;
  }

  function stop() {
    refresh.stop();
    close();
    clearInterval(poll);
    clearPresence();
  }

  /** A board that was deleted may be restored: ask, more and more rarely, and go on where it is there again. */
  function comeBack(pause = POLL) {
    setTimeout(async () => {
      try {
        if (document.hidden) throw new Error("nobody looks");
        await refresh.refresh(null);
        refresh.isStopped = false;
        open();
      } catch {
        comeBack(Math.min(pause * 2, LONGEST_PAUSE));
      }
    }, jitter(pause * 0.9, pause * 1.1));
  }

  function takeHint(message) {
    const hint = { event: "", ...JSON.parse(message.data) };
    document.dispatchEvent(new CustomEvent("forge:hint", { detail: hint }));
    refresh.add(hint);
  }

  function open() {
    close();
    if (refresh.isStopped || document.hidden && failures) return;
    const opened = new EventSource(`${board.dataset.liveUrl}?after=${refresh.seq}`);
    source = opened;
    opened.addEventListener("open", () => {
      failures = 0;
      clearInterval(poll);
      poll = 0;
      board.dataset.live = "on";
      say("");
    });
    opened.addEventListener("inbox", tellInbox);
    opened.addEventListener("board", takeHint);
    opened.addEventListener("reload", takeHint);
    opened.addEventListener("here", (message) => {
      const presence = JSON.parse(message.data);
      refresh.watchers = presence.count;
      showPresence(presence);
    });
    opened.addEventListener("error", () => {
      if (source === opened) fail();
    });
  }

  function fail() {
    failures += 1;
    board.dataset.live = "off";
    // The browser tries again by itself only after a connection that broke, not after a refusal.
    if (source?.readyState === EventSource.CLOSED) retry ||= setTimeout(open, jitter(2000, 4000));
    if (failures >= MAX_FAILURES) startPolling();
  }

  function startPolling() {
    say(PAUSED);
    clearPresence();
    poll ||= setInterval(async () => {
      if (document.hidden || refresh.isAsking || refresh.isBusy) return;
      try {
        await refresh.refresh(null);
      } catch {
        // The next turn tries again.
      }
    }, jitter(POLL * 0.9, POLL * 1.1));
  }

  let ticked = Date.now();
  let hiddenAt = 0;
  setInterval(() => {
    const slept = Date.now() - ticked > LONGEST_TICK && !document.hidden;
    ticked = Date.now();
    if (document.hidden && source && hiddenAt && ticked - hiddenAt > HIDDEN) close();
    else if (slept) open();
  }, TICK);
  document.addEventListener("visibilitychange", () => {
    hiddenAt = document.hidden ? Date.now() : 0;
    if (!document.hidden && !source) open();
  });
  window.addEventListener("offline", () => {
    close();
    board.dataset.live = "off";
    failures = MAX_FAILURES;
    say(PAUSED);
    clearPresence();
  });
  window.addEventListener("online", open);
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => event.persisted && open());

  handleOwnChanges((taskId, version) => {
    refresh.addOwn({ id: taskId, cardId: taskId, version, event: "task.edited", actor: currentUserId() });
  });
  // A part of the page changed something of the board that no card is: a column, say.
  board.addEventListener("forge:board-stale", () => refresh.addOwn({ event: "", cardId: null }));
  open();
}

// After the page's first load, so that the stream takes no connection from it.
behaviour("stream", (board) => afterPageLoad(() => connect(board)));
