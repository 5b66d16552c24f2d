// The list follows what comes, what comes back, and what is taken back; and it says when it can't.

import htmx from "../../vendor/htmx.js";
import { behaviour, startBehaviours } from "../lib/behaviours.js";
import { createElement, createIcon, parseHtml } from "../lib/dom.js";
import { fetchHtml } from "../lib/http.js";
import { handleOwnChanges } from "../lib/own-changes.js";
import { refreshTimes } from "../lib/times.js";
import { keepingFocus } from "./entries.js";

const PAUSE = 300; // milliseconds in which several that come are one
const OFFLINE = "No connection. What you see may be old, and nothing can be changed until it is back.";

behaviour("inbox-refresh", (inbox) => {
  const list = inbox.querySelector("#inbox");
  let timer = 0;
  let turn = 0;
  let begun = 0; // changes by this page,
  let underWay = 0; // and those of them that are not answered

  async function refresh() {
    const own = ++turn;
    if (document.querySelector(":popover-open") || underWay) return refreshSoon(); // somebody is choosing when; or it would be old
    if (!list) return location.reload();
    const before = begun;
    const html = await fetchHtml(location.pathname + location.search);
    if (own !== turn) return;
    if (before !== begun) return refreshSoon(); // it shows what was
    const entries = parseHtml(html);
    if (!entries.querySelector("li")) return location.reload(); // the page says what an empty list means
    await keepingFocus(inbox, () => list.replaceChildren(entries));
    htmx.process(list);
    startBehaviours(list);
    refreshTimes(list);
  }

  function refreshSoon() {
    clearTimeout(timer);
    timer = setTimeout(() => refresh().catch(() => {}), PAUSE); // the next one tries again
  }

  document.addEventListener("htmx:beforeRequest", ({ detail: { xhr, requestConfig } }) => {
    if (requestConfig.verb === "get") return;
    begun += 1;
    underWay += 1;
    xhr.addEventListener("loadend", () => { underWay -= 1; });
  });
  handleOwnChanges();
  document.addEventListener("forge:inbox-changed", refreshSoon);
  document.addEventListener("forge:task-stale", refreshSoon);

  function showConnection() {
    inbox.querySelector(".inbox__offline")?.remove();
    if (navigator.onLine) return;
    const notice = createElement("div", "notice inbox__offline", { role: "status" });
    notice.append(createIcon("wifi-off"), createElement("p", "", { textContent: OFFLINE }));
    inbox.prepend(notice);
  }

  addEventListener("offline", showConnection);
  addEventListener("online", () => { showConnection(); refreshSoon(); });
  showConnection();
});
