// The stream: hints of what was changed on the open board; what they touch is asked for again and put in place.
{
  const POLL = 10_000;
  const FAILURES = 3; // in a row, until the page asks by itself
  const HIDDEN = 60_000;
  const LONGEST_TICK = 30_000; // milliseconds between two ticks after which the device must have slept
  const SOON = 40; // milliseconds in which hints gather
  const SPREAD = 40; // and over which those at a board spread their questions, with
  const EACH = 1; // this much more for everybody who is there, up to
  const MOST = 1000;
  const paused = "Live updates paused";
  const lost = "This board can no longer be reached";
  const jitter = (from, to) => from + Math.random() * (to - from);
  const atWork = (board) => forge.ownMoves().underWay || board.querySelector("form[aria-busy], .is-dragging") !== null;

  forge.behaviour("stream", (board) => {
    const state = document.getElementById("live-state");
    let last = Number(board.dataset.seq);
    let watchers = 1;
    let source = null;
    let failures = 0;
    let hints = [];
    let timer = 0;
    let retry = 0;
    let poll = 0;
    let asking = false;
    let tries = 0;
    let gone = false;

    const say = (text) => { if (state.textContent !== text) state.textContent = text; };

    /** Whether the page shows a change already: it made it itself, or met it on another way. */
    const known = ({ id, version, event }) => {
      const card = event.startsWith("task.") && document.getElementById(`card-${id}`);
      return card && Number(card.dataset.version) >= version;
    };

    function address(news) {
      const url = new URL(board.dataset.columnsUrl, location.href);
      url.search = new URL(forge.viewAddress).search; // not the page's: a task may be open over the board
      url.searchParams.set("lanes", board.dataset.lanes || "none"); // as it is here, whatever was chosen elsewhere since
      if (!news) return url;
      // Where the tasks are now the server knows; where they were, this page.
      const were = news.map(({ cardId }) => document.getElementById(`card-${cardId}`)?.closest(".column")?.dataset.columnId);
      url.searchParams.set("task", [...new Set(news.map(({ cardId }) => cardId))].join());
      url.searchParams.set("column", [...new Set(were.filter(Boolean))].join());
      return url;
    }

    /** Ask for the columns that the hints touch; for all without hints, or where it can't be known which.
        False where they can't be shown: they are older than what was done here meanwhile. */
    async function refresh(news) {
      const some = !board.dataset.lanes && news?.length && news.length <= 20 && news.every(({ cardId }) => cardId) ? news : null;
      const upto = last;
      const view = forge.viewAddress;
      const { begun } = forge.ownMoves();
      const answer = await fetch(address(some), { headers: { "HX-Request": "true" } });
      if ([401, 403, 404].includes(answer.status) || answer.redirected) {
        stop();
        say(lost);
      }
      if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
      const html = await answer.text();
      if (atWork(board) || begun !== forge.ownMoves().begun || view !== forge.viewAddress) return false;
      forge.updateBoard(board, html, news ?? [], !some);
      if (!hints.length) forge.sawBoard(upto);
      return true;
    }

    async function flush() {
      timer = 0;
      if (gone) return;
      if (asking || atWork(board)) {
        wake(300, 400);
        return;
      }
      const taken = hints;
      const news = taken.filter((hint) => !known(hint));
      hints = [];
      if (!news.length) {
        forge.sawBoard(last);
        return;
      }
      asking = true;
      try {
        if (!await refresh(news)) {
          hints = [...news, ...hints];
          wake(300, 400);
        }
        tries = 0;
      } catch {
        tries = Math.min(tries + 1, 5);
        hints = [...news, ...hints];
        if (!gone) wake(500 * 2 ** tries, 1000 * 2 ** tries);
      } finally {
        asking = false;
      }
    }

    function wake(from, to) {
      timer ||= setTimeout(flush, jitter(from, to));
    }

    function take(message) {
      const hint = { event: "", ...JSON.parse(message.data) };
      last = hint.seq;
      document.dispatchEvent(new CustomEvent("forge:hint", { detail: hint }));
      hints.push({ ...hint, cardId: hint.task ?? (hint.event.startsWith("task.") ? hint.id : null) });
      wake(SOON, SOON + SPREAD + Math.min(MOST, EACH * watchers));
    }

    /** Show what this page itself did to a task, up to `version`. */
    forge.refreshBoard = (taskId, version) => {
      document.dispatchEvent(new CustomEvent("forge:own", { detail: { id: taskId, version } }));
      hints.push({ id: taskId, cardId: taskId, version, event: "task.edited", actor: forge.me });
      wake(0, 0);
    };

    function close() {
      source?.close();
      source = null;
      clearTimeout(retry);
      retry = 0;
    }

    function stop() {
      gone = true;
      close();
      clearInterval(poll);
      forge.showHere({ people: [], count: 0 });
    }

    function open() {
      close();
      if (gone || document.hidden && failures) return;
      const opened = new EventSource(`${board.dataset.liveUrl}?after=${last}`);
      source = opened;
      opened.addEventListener("open", () => {
        failures = 0;
        clearInterval(poll);
        poll = 0;
        board.dataset.live = "on";
        say("");
      });
      opened.addEventListener("board", take);
      opened.addEventListener("reload", take);
      opened.addEventListener("here", (message) => {
        const here = JSON.parse(message.data);
        watchers = here.count;
        forge.showHere(here);
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
      if (failures >= FAILURES) pause();
    }

    function pause() {
      say(paused);
      forge.showHere({ people: [], count: 0 });
      poll ||= setInterval(async () => {
        if (document.hidden || asking || atWork(board)) return;
        try {
          await refresh(null);
        } catch {
          // The next turn tries again.
        }
      }, jitter(POLL * 0.9, POLL * 1.1));
    }

    // A part of the page changed something of the board that no card is: a column, say.
    board.addEventListener("forge:stale", () => {
      hints.push({ event: "", cardId: null });
      wake(0, 0);
    });

    let ticked = Date.now();
    let hiddenAt = 0;
    setInterval(() => {
      const slept = Date.now() - ticked > LONGEST_TICK && !document.hidden;
      ticked = Date.now();
      if (document.hidden && source && hiddenAt && ticked - hiddenAt > HIDDEN) close();
      else if (slept) open();
    }, 5000);
    document.addEventListener("visibilitychange", () => {
      hiddenAt = document.hidden ? Date.now() : 0;
      if (!document.hidden && !source) open();
    });
    window.addEventListener("offline", () => {
      close();
      board.dataset.live = "off";
      failures = FAILURES;
      say(paused);
      forge.showHere({ people: [], count: 0 });
    });
    window.addEventListener("online", open);
    window.addEventListener("pagehide", close);
    window.addEventListener("pageshow", (event) => event.persisted && open());
    open();
  });
}
