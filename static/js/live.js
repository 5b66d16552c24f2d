// Live: hints of what others changed on the open board; what they touched is asked for again and put in place, and nothing else.
{
  const POLL = 10_000;
  const FAILURES = 3; // in a row, until the page asks by itself
  const HIDDEN = 60_000;
  const LONGEST_TICK = 30_000; // milliseconds between two ticks after which the device must have slept
  const PULSE = 1600;
  const paused = "Live updates paused";
  const lost = "This board can no longer be reached";
  const jitter = (from, to) => from + Math.random() * (to - from);

  const busy = (element) => element.contains(document.activeElement) && document.activeElement.matches("input, textarea, select, [contenteditable]");
  const typed = (form) => [...form.querySelectorAll("input:not([type=hidden]), textarea")].some((field) => field.value !== field.defaultValue);
  const inUse = (element) => busy(element) || [...element.querySelectorAll("form")].some(typed);
  const atWork = (board) => board.querySelector("form[aria-busy], .is-dragging") !== null;

  /** Make the children of `parent` these, moving as few as can be, so that focus and scroll stay. */
  function arrange(parent, wanted) {
    const kept = new Set(wanted);
    for (const child of [...parent.childNodes]) if (!kept.has(child)) child.remove();
    let at = parent.firstChild;
    for (const node of wanted) {
      if (node === at) at = at.nextSibling;
      else parent.insertBefore(node, at);
    }
  }

  function pulse(card) {
    card.classList.add("is-changed");
    setTimeout(() => card.classList.remove("is-changed"), PULSE);
  }

  /** The card to show: the one that is here where nothing about it differs, or somebody is writing in it. */
  function choose(fresh) {
    const old = document.getElementById(fresh.id);
    if (!old) return fresh;
    const same = old.innerHTML === fresh.innerHTML && old.dataset.version === fresh.dataset.version;
    if (same || inUse(old)) return old;
    if (Number(old.dataset.version) > Number(fresh.dataset.version)) return old;
    if (old.contains(document.activeElement)) queueMicrotask(() => fresh.querySelector(".card__title")?.focus());
    return fresh;
  }

  function updateCards(here, fresh, touched) {
    const more = fresh.querySelector(".column__more");
    const shown = [...fresh.querySelectorAll(".card")];
    const ids = new Set(shown.map((card) => card.id));
    const cards = shown.map((card) => {
      const chosen = choose(card);
      if (touched.has(card.dataset.taskId) && (chosen === card || chosen.parentElement !== here)) pulse(chosen);
      const elsewhere = document.getElementById(card.id);
      if (elsewhere && elsewhere !== chosen) elsewhere.remove();
      return chosen;
    });
    // Pages that were brought in while scrolling stay; the link below them brings them again where they changed.
    const further = more ? [...here.querySelectorAll(".card")].filter((card) => !ids.has(card.id) && !touched.has(card.dataset.taskId)) : [];
    const rest = [...fresh.children].filter((child) => !child.matches(".card"));
    arrange(here, [...cards, ...further, ...rest]);
    if (more) htmx.process(more);
  }

  function updateColumn(board, fresh, touched) {
    const here = document.getElementById(fresh.id);
    if (!here) {
      board.append(fresh);
      htmx.process(fresh);
      forge.start(fresh);
      return;
    }
    Object.assign(here.dataset, fresh.dataset);
    const head = here.querySelector(".column__head");
    const newHead = fresh.querySelector(".column__head");
    if (!inUse(head) && head.innerHTML !== newHead.innerHTML) {
      const count = newHead.querySelector(".column__count")?.firstChild?.data.split("/")[0];
      const jump = document.querySelector(`.board__jump a[href="#${CSS.escape(here.id)}"] .soft`);
      if (jump) jump.textContent = count;
      head.replaceWith(newHead);
    }
    updateCards(here.querySelector(".column__cards"), fresh.querySelector(".column__cards"), touched);
  }

  /** Lanes always come whole: theirs are the heads, and each cell is updated as a column is. */
  function updateLanes(board, fresh, touched) {
    const lanes = [...fresh.children].map((lane) => {
      const here = document.getElementById(lane.id);
      if (!here || !lane.matches(".lane")) return here?.innerHTML === lane.innerHTML ? here : lane;
      here.querySelector(".lane__head").replaceChildren(...lane.querySelector(".lane__head").childNodes);
      const old = [...here.querySelectorAll(".column")];
      const cells = [...lane.querySelectorAll(".column")].map((cell) => {
        const kept = old.find(({ dataset }) => dataset.columnId === cell.dataset.columnId);
        if (!kept) return cell;
        Object.assign(kept.dataset, cell.dataset);
        updateCards(kept.querySelector(".column__cards"), cell.querySelector(".column__cards"), touched);
        return kept;
      });
      arrange(here.querySelector(".lane__cells"), cells);
      return here;
    });
    arrange(board, lanes);
  }

  function update(board, html, touched, whole) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const fresh = document.importNode(template.content, true);
    forge.refreshTimes(fresh);
    if (board.dataset.lanes) return updateLanes(board, fresh, touched);
    const columns = [...fresh.querySelectorAll(".column")];
    for (const column of columns) updateColumn(board, column, touched);
    if (!whole) return;
    const order = columns.map((column) => document.getElementById(column.id));
    const left = [...board.querySelectorAll(".column")].filter((column) => !order.includes(column) && inUse(column));
    arrange(board, [...order, ...left]);
  }

  forge.behaviour("live", (board) => {
    const state = document.getElementById("live-state");
    let last = Number(board.dataset.seq);
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
      url.search = location.search;
      if (!news) return url;
      // Where the tasks are now the server knows; where they were, this page.
      const were = news.map(({ id }) => document.getElementById(`card-${id}`)?.closest(".column")?.dataset.columnId);
      url.searchParams.set("task", [...new Set(news.map(({ id }) => id))].join());
      url.searchParams.set("column", [...new Set(were.filter(Boolean))].join());
      return url;
    }

    /** Ask for the columns that the hints touch; for all without hints, or where it can't be known which. */
    async function refresh(news) {
      const some = !board.dataset.lanes && news?.length && news.length <= 20 && news.every(({ event }) => event?.startsWith("task.")) ? news : null;
      const touched = new Set((news ?? []).map(({ id }) => id));
      const answer = await fetch(address(some), { headers: { "HX-Request": "true" } });
      if ([401, 403, 404].includes(answer.status) || answer.redirected) {
        stop();
        say(lost);
      }
      if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
      const html = await answer.text();
      if (atWork(board)) throw new Error("the board is being worked on");
      update(board, html, touched, !some);
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
      if (!news.length) return;
      asking = true;
      try {
        await refresh(news);
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
      const hint = JSON.parse(message.data);
      last = hint.seq;
      hints.push({ event: "", ...hint });
      wake(80, 150);
    }

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
      poll ||= setInterval(async () => {
        if (document.hidden || asking || atWork(board)) return;
        try {
          await refresh(null);
        } catch {
          // The next turn tries again.
        }
      }, jitter(POLL * 0.9, POLL * 1.1));
    }

    board.addEventListener("forge:stale", () => refresh(null).catch(() => wake(500, 1000)));

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
    });
    window.addEventListener("online", open);
    window.addEventListener("pagehide", close);
    window.addEventListener("pageshow", (event) => event.persisted && open());
    open();
  });
}
