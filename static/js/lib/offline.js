// Offline: it is said for as long as it lasts; what was asked of the server meanwhile is kept in its form, or tried again afterwards.

import { createElement } from "./dom.js";
import { toast } from "./toast.js";

const MAX_WAITING = 20;
const bar = createElement("p", "offline", { hidden: true });
const waiting = new Map(); // what to try again, by what it is about

function show() {
  const count = waiting.size;
  const text = count ? `${count} ${count === 1 ? "change" : "changes"} will be tried again when you are back` : "what you write stays here";
  bar.textContent = `Offline · ${text}`;
  bar.hidden = navigator.onLine;
  if (!bar.isConnected && !navigator.onLine) document.getElementById("toasts").append(bar);
}

/** Try something once more when the browser is online again: whether it has to be waited for. A later one about the same replaces it. */
export function retryWhenOnline(key, act) {
  if (navigator.onLine || (waiting.size >= MAX_WAITING && !waiting.has(key))) return false;
  waiting.set(key, act);
  show();
  return true;
}

/** Don't try again what waited about something. */
export function cancelRetry(key) {
  if (waiting.delete(key)) show();
}

// A form that would leave the page for the browser's own "no connection" keeps what was typed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (navigator.onLine || form.method !== "post" || form.hasAttribute("hx-post")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  toast("You are offline. What you typed is still here; send it when you are back.", "danger");
}, { capture: true });

window.addEventListener("offline", show);
window.addEventListener("online", () => {
  const acts = [...waiting.values()];
  waiting.clear();
  show();
  for (const act of acts) act();
});
if (!navigator.onLine) show();
