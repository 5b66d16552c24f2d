// What has come for the person: the number at the inbox follows, and a short message says it. On a page without a board it has a
// stream of its own.

import { createElement } from "../lib/dom.js";
import { fetchJson, goToLogIn } from "../lib/http.js";
import { toast } from "../lib/toast.js";

const MAX_SHOWN = 3; // messages at once
const MAX_BADGE = 99;
const HIDDEN = 60_000; // milliseconds out of sight after which the stream is closed
const TICK = 5000;
const RETRY = 10_000; // milliseconds after a refusal
const link = document.querySelector("[data-news-url]");
const shown = new Set(); // ids of what this page has shown
let latest = 0; // number of the last message: an answer to an earlier one is late, and its number old

function showCount(unread) {
  const old = link.querySelector(".bar__count");
  if (!unread) {
    old?.remove();
    return;
  }
  const badge = old ?? createElement("span", "bar__count");
  badge.replaceChildren(
    unread > MAX_BADGE ? `${MAX_BADGE}+` : String(unread),
    createElement("span", "visually-hidden", { textContent: " unread" }),
  );
  if (!old) link.append(badge);
}

/** Whether the page shows what an address leads to: its own page, or its card in the dialog over a board. */
function isShownHere(url) {
  const { pathname } = new URL(url, location.href);
  return !document.hidden
    && (location.pathname === pathname || document.querySelector(`.task-panel[data-url="${CSS.escape(pathname)}"]`) !== null);
}

// What is said of a card that is before the reader's eyes needs no message: the card is fetched again, and so is read.
function leaveOutShown(lines) {
  const others = lines.filter(({ url }) => !isShownHere(url));
  if (others.length < lines.length) document.dispatchEvent(new CustomEvent("forge:task-stale"));
  return others;
}

function showLines(news) {
  const lines = leaveOutShown(news);
  for (const { text, url } of lines.slice(0, MAX_SHOWN)) {
    toast(text, "info", { label: "Open", act: () => location.assign(url) });
  }
  if (lines.length > MAX_SHOWN) {
    toast(`And ${lines.length - MAX_SHOWN} more`, "info", { label: "Inbox", act: () => location.assign(link.href) });
  }
}

/** Go to the log-in when no card is being dragged: what is dropped is kept, and sent after the log-in. */
function leave() {
  if (document.documentElement.classList.contains("is-sorting")) setTimeout(leave, 100);
  else goToLogIn();
}

/** Show how many are unread, and what has just come; without a number it is asked for. Leaves the page of who is logged out. */
export async function showInbox({ unread, ids, refresh, ended }) {
  if (ended) return leave();
  if (refresh) return (await import("./new-rights.js")).showNewRights();
  const turn = ++latest;
  if (unread !== undefined) showCount(unread);
  if (ids.length) document.dispatchEvent(new CustomEvent("forge:inbox-changed"));
  const fresh = ids.filter((id) => !shown.has(id));
  for (const id of fresh) shown.add(id);
  if (unread !== undefined && !fresh.length) return;
  const news = await fetchJson(`${link.dataset.newsUrl}?ids=${fresh.join()}`);
  if (turn === latest) showCount(news.unread);
  showLines(news.lines);
}

const askAgain = () => showInbox({ ids: [] }).catch(() => {}); // the next message brings the number

/** Listen to what comes for the person, on a page that shows no board. */
export function connectInbox() {
  let source = null;
  let hiddenAt = 0;

  function close() {
    source?.close();
    source = null;
  }

  function open() {
    close();
    const opened = new EventSource(link.dataset.liveInbox);
    let isFirst = true;
    source = opened;
    opened.addEventListener("open", () => {
      link.dataset.live = "on";
      if (!isFirst) askAgain(); // what came while the connection was broken is counted, not announced
      isFirst = false;
    });
    opened.addEventListener("inbox", (message) => showInbox(JSON.parse(message.data)).catch(() => {}));
    opened.addEventListener("error", () => {
      // The browser tries again by itself only after a connection that broke, not after a refusal.
      if (source === opened && opened.readyState === EventSource.CLOSED) setTimeout(() => source === opened && open(), RETRY);
    });
  }

  function comeBack() {
    if (source) return;
    open();
    askAgain();
  }

  setInterval(() => {
    if (document.hidden && source && hiddenAt && Date.now() - hiddenAt > HIDDEN) close();
  }, TICK);
  document.addEventListener("visibilitychange", () => {
    hiddenAt = document.hidden ? Date.now() : 0;
    if (!document.hidden) comeBack();
  });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => event.persisted && comeBack());
  open();
}
