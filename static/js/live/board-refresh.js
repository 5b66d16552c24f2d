// Hints of what was changed on the open board gather for a moment; the columns that they touch are fetched and put in place.

import { view } from "../board/view-state.js";
import { findCard } from "../lib/card.js";
import { fetchHtml } from "../lib/http.js";
import { ownChanges } from "../lib/request-queue.js";
import { updateBoard } from "./board-update.js";
import { boardShown } from "./report-seen.js";

const GATHER = 40; // milliseconds in which hints gather
const SPREAD = 40; // and over which those at a board spread their requests, with
const SPREAD_EACH = 1; // this much more for everybody who is there, up to
const MAX_SPREAD = 1000;
const MAX_TASKS = 20; // in one request; for more of them, all columns are fetched
const MAX_BACKOFF = 5; // doublings of the pause after failed requests
const GONE = new Set([401, 403, 404]);
const jitter = (from, to) => from + Math.random() * (to - from);

/** Whether the page shows a change already: it made it itself, or got it on another way. */
function isKnown({ id, version, event }) {
  const card = event.startsWith("task.") && findCard(id);
  return card && Number(card.dataset.version) >= version;
}

/** Keeps a board up to date; `onGone` is called when the board can't be reached any more. */
export class BoardRefresh {
  hints = [];
  watchers = 1; // people who have the board open
  isAsking = false;
  isStopped = false;
  timer = 0;
  failures = 0;

  constructor(board, onGone) {
    this.board = board;
    this.onGone = onGone;
    this.seq = Number(board.dataset.seq); // of the last change that a hint told of
  }

  /** Whether the board is changed by this page right now, so that it must not be replaced. */
  get isBusy() {
    return ownChanges().underWay || this.board.querySelector("form[aria-busy], .is-ghost, .is-dragging") !== null;
  }

  /** Take a hint of the live stream. */
  add(hint) {
    this.seq = hint.seq;
    this.hints.push({ ...hint, cardId: hint.task ?? (hint.event.startsWith("task.") ? hint.id : null) });
    this.wake(GATHER, GATHER + SPREAD + Math.min(MAX_SPREAD, SPREAD_EACH * this.watchers));
  }

  /** Take something that this page knows of: it is shown at once. */
  addOwn(hint) {
    this.hints.push(hint);
    this.wake(0, 0);
  }

  stop() {
    this.isStopped = true;
  }

  wake(from, to) {
    this.timer ||= setTimeout(() => this.flush(), jitter(from, to));
  }

  address(news) {
    const { board } = this;
    const url = new URL(board.dataset.columnsUrl, location.href);
    url.search = new URL(view.address).search; // not the page's: a task may be open over the board
    url.searchParams.set("lanes", board.dataset.lanes || "none"); // as it is here, whatever was chosen elsewhere since
    if (!news) return url;
    // Where the tasks are now the server knows; where they were, this page.
    const previous = news.map(({ cardId }) => findCard(cardId)?.closest(".column")?.dataset.columnId);
    url.searchParams.set("task", [...new Set(news.map(({ cardId }) => cardId))].join());
    url.searchParams.set("column", [...new Set(previous.filter(Boolean))].join());
    return url;
  }

  /** Fetch the columns that the hints touch; all of them without hints, or where it can't be known which.
      False where they can't be shown: they are older than what was done here meanwhile. */
  async refresh(news) {
    const { board } = this;
    const isPartial = !board.dataset.lanes && news?.length && news.length <= MAX_TASKS && news.every(({ cardId }) => cardId);
    const { seq } = this;
    const { address } = view;
    const { begun } = ownChanges();
    let html;
    try {
      html = await fetchHtml(this.address(isPartial ? news : null));
    } catch (error) {
      if (GONE.has(error.status) || error.redirected) this.onGone();
      throw error;
    }
    if (this.isBusy || begun !== ownChanges().begun || address !== view.address) return false;
    updateBoard(board, html, news ?? [], !isPartial);
    if (!this.hints.length) boardShown(seq);
    return true;
  }

  async flush() {
    this.timer = 0;
    if (this.isStopped) return;
    if (this.isAsking || this.isBusy) {
      this.wake(300, 400);
      return;
    }
    const news = this.hints.filter((hint) => !isKnown(hint));
    this.hints = [];
    if (news.length) await this.show(news);
    else boardShown(this.seq);
  }

  async show(news) {
    this.isAsking = true;
    try {
      if (!await this.refresh(news)) {
        this.hints = [...news, ...this.hints];
        this.wake(300, 400);
      }
      this.failures = 0;
    } catch {
      this.failures = Math.min(this.failures + 1, MAX_BACKOFF);
      this.hints = [...news, ...this.hints];
      if (!this.isStopped) this.wake(500 * 2 ** this.failures, 1000 * 2 ** this.failures);
    } finally {
      this.isAsking = false;
    }
  }
}
