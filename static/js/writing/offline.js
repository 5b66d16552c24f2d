// Offline: it is said for as long as it lasts, and no page is left for the browser's own "no connection". What was asked of the server
// meanwhile is kept on this device, for its owner, and sent afterwards, also by a page that was opened since.

import { createElement } from "../lib/dom.js";
import { waitingKey } from "../lib/drafts.js";
import { isPlainClick } from "../lib/keyboard.js";
import { registerKeeper } from "../lib/offline.js";
import { toast } from "../lib/toast.js";

const MAX_WAITING = 50;
const bar = createElement("p", "offline", { hidden: true });
const acts = new Map(); // what sends a request and shows what comes of it, by its key, while the page is open on which it was made

/** The requests that wait: [{key, url, fields, text}], the oldest first. */
export function listWaiting() {
  try {
    return JSON.parse(localStorage.getItem(waitingKey)) ?? [];
  } catch {
    return [];
  }
}

function store(list) {
  try {
    if (list.length) localStorage.setItem(waitingKey, JSON.stringify(list));
    else localStorage.removeItem(waitingKey);
  } catch {
    // Without storage they wait until the page is left.
  }
  show();
}

function show() {
  const count = Math.max(acts.size, listWaiting().length);
  const text = count ? `${count} ${count === 1 ? "change" : "changes"} will be tried again when you are back` : "what you write stays here";
  bar.textContent = `Offline · ${text}`;
  bar.hidden = navigator.onLine;
  if (!bar.isConnected && !navigator.onLine) document.getElementById("toasts").append(bar);
}

function retryWhenOnline(key, act, request) {
  const list = listWaiting().filter((other) => other.key !== key);
  if (navigator.onLine || list.length >= MAX_WAITING) return false;
  if (act) acts.set(key, act);
  store([...list, { key, ...request }]);
  return true;
}

const retryOnNextPage = (key, request) => store([...listWaiting().filter((other) => other.key !== key), { key, ...request }]);

/** Don't send what waited under a key. */
export function cancelRetry(key) {
  acts.delete(key);
  const list = listWaiting();
  if (list.some((other) => other.key === key)) store(list.filter((other) => other.key !== key));
}

/** Whether this page will send a request by itself when it is online. */
export const isRetriedHere = (key) => acts.has(key);

registerKeeper({ retryWhenOnline, retryOnNextPage, cancelRetry });

const STAYS = { submit: "You are offline. What you typed is still here; send it when you are back.", click: "You are offline, so that page can’t be opened." };

function stay(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  toast(STAYS[event.type], "danger");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!navigator.onLine && form.method === "post" && !form.hasAttribute("hx-post")) stay(event);
}, { capture: true });
// After those who open a link's page within this one.
window.addEventListener("click", (event) => {
  if (navigator.onLine || event.defaultPrevented || !isPlainClick(event)) return;
  const link = event.target.closest?.("a[href]");
  if (link && link.origin === location.origin && !(link.hash && link.pathname === location.pathname)) stay(event);
});

window.addEventListener("offline", show);
window.addEventListener("online", () => {
  const all = [...acts.values()];
  acts.clear();
  show();
  for (const act of all) act();
});
if (!navigator.onLine) show();
