// An open task stays up to date: by the hints of the board that is open behind it, or by a stream of its own on its own page.

import { behaviour } from "../lib/behaviours.js";
import { tellInbox } from "../lib/dom.js";
import { fetchHtml } from "../lib/http.js";
import { showOwnChange } from "../lib/own-changes.js";
import { toast } from "../lib/toast.js";
import { offerUndo, rememberChange } from "../lib/undo.js";
import { updateTask } from "./refresh.js";

const DELAY = [80, 150]; // milliseconds in which hints gather, from and to
const RETRY = 10_000;
const GONE = [401, 403, 404];

const isAbout = (hint, taskId) => !hint.event?.startsWith("task.") || hint.id === taskId;

behaviour("task-panel", (panel) => {
  const { taskId, url } = panel.dataset;
  const ownVersions = new Set(); // that this page made itself
  let timer = 0;
  let hasRemoteChange = false;
  let isAsking = false;
  let source = null;

  async function refresh() {
    timer = 0;
    if (!panel.isConnected) return;
    if (isAsking) {
      refreshSoon(false);
      return;
    }
    isAsking = true;
    const isRemote = hasRemoteChange;
    hasRemoteChange = false;
    try {
      const search = location.pathname === url ? location.search : "";
      const html = await fetchHtml(url + search);
      if (!panel.isConnected) return; // another task was opened meanwhile
      if (!updateTask(panel, html, isRemote)) hasRemoteChange ||= isRemote; // outdated: the next one shows it
      if (location.pathname === url) document.title = `${panel.dataset.title} · TaskForge`;
    } catch ({ status }) {
      if (panel.isConnected && GONE.includes(status)) stop("This task can no longer be reached.");
      // Else the next hint, or the stream's coming back, asks again.
    } finally {
      isAsking = false;
    }
  }

  function refreshSoon(isRemote) {
    hasRemoteChange ||= isRemote;
    timer ||= setTimeout(refresh, DELAY[0] + Math.random() * (DELAY[1] - DELAY[0]));
  }

  function stop(text) {
    source?.close();
    clearTimeout(timer);
    for (const [name, listen] of listeners) document.removeEventListener(name, listen);
    if (text) toast(text, "danger");
  }

  function takeHint(hint) {
    if (!panel.isConnected) stop();
    else if (isAbout(hint, taskId) && !(hint.id === taskId && ownVersions.has(hint.version))) refreshSoon(true);
  }

  const listeners = [
    ["forge:hint", ({ detail }) => takeHint(detail)],
    ["forge:own-change", ({ detail }) => {
      if (detail.id !== taskId || !panel.isConnected) return;
      ownVersions.add(detail.version);
      // What was asked for before this change doesn't show it. Undoing in bulk doesn't say which version it made.
      if (Number.isFinite(detail.version) && detail.version > Number(panel.dataset.version)) panel.dataset.version = detail.version;
      refreshSoon(false);
    }],
    ["forge:task-stale", () => panel.isConnected && refreshSoon(false)],
  ];
  for (const [name, listen] of listeners) document.addEventListener(name, listen);

  function open() {
    source?.close();
    if (!panel.isConnected || document.querySelector(".board__columns")) return;
    source = new EventSource(panel.dataset.liveUrl);
    for (const name of ["board", "reload"]) source.addEventListener(name, (message) => takeHint(JSON.parse(message.data)));
    source.addEventListener("inbox", tellInbox);
    source.addEventListener("open", () => { panel.dataset.live = "on"; });
    source.addEventListener("error", () => {
      panel.dataset.live = "off";
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(() => {
        refreshSoon(true);
        open();
      }, RETRY);
    });
  }
  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("pageshow", (event) => event.persisted && (refreshSoon(true), open()));
  open();
});

// What htmx saved: the field is shown again already; the rest is refreshed.
document.addEventListener("forge:task-changed", ({ detail }) => {
  showOwnChange(detail.id, detail.version);
  if (detail.event && detail.text) offerUndo(detail.text, detail.id, detail.event);
  else if (detail.event) rememberChange({ text: "Your last edit of this card", taskId: detail.id, event: detail.event });
});
