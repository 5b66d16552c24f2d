// The timeline of a board's history: the slider, the step links, the date and the keys name a moment; its snapshot is fetched and shown.

import { behaviour } from "../lib/behaviours.js";
import { fetchHtml } from "../lib/http.js";
import { isPlainClick } from "../lib/keyboard.js";
import { toast } from "../lib/toast.js";
import { formatInstant, fromInputValue, showInstants, toInputValue } from "./instants.js";
import { listenForSteps } from "./keys.js";
import { createPlayer } from "./player.js";
import { showSnapshot } from "./snapshot.js";

const GAP = 70; // milliseconds between two requests while the slider is dragged, or as long as the last answer took

behaviour("timeline", (timeline) => {
  const page = document.querySelector(".board-history");
  const snapshot = document.getElementById("board-snapshot");
  const slider = timeline.querySelector(".board-history__slider");
  const form = timeline.querySelector(".board-history__date");
  const field = form.querySelector("[name=at]");
  const [first, last] = [Number(timeline.dataset.first), Number(timeline.dataset.last)];
  const bars = [...timeline.querySelectorAll(".board-history__bars rect")].map((bar) => [bar, bar.x.baseVal.value]);
  const width = timeline.querySelector(".board-history__bars").viewBox.baseVal.width;
  let current = null; // the request that is under way
  let next = null; // the moment that is to be asked for next
  let timer = 0;
  let duration = 0; // of the last request
  let seq = Number(snapshot.dataset.seq); // where one is, or will be once the answer is here

  const bannerTime = () => snapshot.querySelector(".board-history__banner time");
  const instantAt = (position) => new Date(first + ((last - first) * position) / Number(slider.max));
  const lastSeq = () => Number(snapshot.dataset.lastSeq);

  /** Show where the slider is, in words and by the bars that lie behind it. */
  function showPosition() {
    slider.setAttribute("aria-valuetext", bannerTime().textContent);
    const position = (Number(slider.value) / Number(slider.max)) * width;
    for (const [bar, x] of bars) bar.classList.toggle("is-past", x <= position);
  }

  function addressOf(moment) {
    const url = new URL(timeline.dataset.url, location.href);
    for (const [name, value] of Object.entries(moment)) url.searchParams.set(name, value);
    return url;
  }

  async function fetchSnapshot(url, signal) {
    try {
      return await fetchHtml(url, { signal });
    } catch (error) {
      if (error.status === 401 || error.redirected) location.reload();
      throw error;
    }
  }

  /** Fetch and show a moment; false when it could not be, or another one was asked for meanwhile. */
  async function ask(moment, { isAnimated, isDragged }) {
    current?.abort();
    clearTimeout(timer);
    timer = 0;
    const request = new AbortController();
    const isNewest = () => current === request && !timer; // a key or the slider may have named a later moment meanwhile
    current = request;
    const begun = performance.now();
    const url = addressOf(moment);
    page.classList.add("is-waiting");
    try {
      const html = await fetchSnapshot(url, request.signal);
      if (request.signal.aborted) return false;
      await showSnapshot(html, { isAnimated });
      if (isNewest()) {
        seq = Number(snapshot.dataset.seq);
        if (!isDragged) slider.value = snapshot.dataset.position;
      }
      if (document.activeElement !== field) field.value = toInputValue(new Date(bannerTime().dateTime));
      showPosition();
      history.replaceState(history.state, "", url);
      return true;
    } catch (error) {
      if (error.name === "AbortError") return false;
      if (isNewest()) seq = Number(snapshot.dataset.seq);
      toast("That moment could not be fetched. Please try again.", "danger");
      return false;
    } finally {
      duration = performance.now() - begun;
      if (current === request) {
        current = null;
        page.classList.remove("is-waiting");
      }
    }
  }

  /** Ask for the newest moment, but not for every one on the way. */
  function askSoon(moment, options) {
    next = [moment, options];
    timer ||= setTimeout(() => ask(...next), Math.max(GAP, duration));
  }

  function stepTo(target, isAnimated) {
    if (target === seq) return;
    seq = target;
    if (current) askSoon({ step: seq }, { isAnimated: false });
    else ask({ step: seq }, { isAnimated });
  }

  function go(step) {
    player.pause();
    if (step === "previous") stepTo(Math.max(1, Math.min(lastSeq(), seq - 1)), true);
    else if (step === "next") stepTo(Math.max(1, Math.min(lastSeq(), seq + 1)), true);
    else {
      const link = snapshot.querySelector(`[data-history-step="${step}"][href]`);
      if (link) stepTo(Number(new URL(link.href).searchParams.get("step")), false);
    }
  }

  const player = createPlayer(snapshot.querySelector("[data-play]"), async () => {
    const end = lastSeq();
    seq = seq >= end ? 1 : seq + 1;
    return (await ask({ step: seq }, { isAnimated: true })) && seq < end;
  });

  slider.addEventListener("input", () => {
    player.pause();
    const at = instantAt(Number(slider.value));
    bannerTime().textContent = formatInstant(at);
    showPosition();
    askSoon({ at: at.toISOString() }, { isAnimated: false, isDragged: true });
  });
  snapshot.addEventListener("click", (event) => {
    const link = event.target.closest("[data-history-step]");
    if (!link || !isPlainClick(event)) return;
    event.preventDefault();
    go(link.dataset.historyStep);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const at = fromInputValue(field.value);
    if (Number.isNaN(at.getTime())) return;
    player.pause();
    ask({ at: at.toISOString() }, { isAnimated: false });
  });
  listenForSteps(go);
  showInstants(document);
  field.value = toInputValue(new Date(bannerTime().dateTime));
  showPosition();
});
