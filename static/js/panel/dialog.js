// A task in a dialog over its board, at its own address: Back closes it, Forward opens it again, a reload shows its page.
{
  const PATIENCE = 150; // milliseconds before the dialog opens without its content
  const boardTitle = document.title;
  let dialog = null;
  let shown = null; // the address of the open task
  let loading = null;

  const cardOf = (href) => document.querySelector(`.card__title[href="${CSS.escape(href)}"]`);
  const lines = '<div class="task-dialog__lines" aria-hidden="true"><hr><hr><hr></div>';
  const control = (name, icon, label) => `<button class="button button--quiet button--icon" type="button" ${name} aria-label="${label}" title="${label}"><span class="icon icon--${icon}" aria-hidden="true"></span></button>`;

  function make() {
    dialog = document.createElement("dialog");
    dialog.className = "task-dialog";
    dialog.id = "task-dialog";
    dialog.ariaLabel = "Task";
    dialog.innerHTML = `<div class="task-dialog__bar">${control('data-step="-1"', "arrow-up", "Previous card (k)")}${control('data-step="1"', "arrow-down", "Next card (j)")}${control("data-close", "x", "Close (Esc)")}</div><div class="task-dialog__body" tabindex="-1"></div>`;
    document.body.append(dialog);
    dialog.addEventListener("cancel", (event) => {
      if (event.target !== dialog || !event.cancelable) return;
      event.preventDefault();
      history.back();
    });
    // A browser closes it without asking when nobody has touched the page since it was opened.
    dialog.addEventListener("close", (event) => event.target === dialog && shown && history.back());
    dialog.addEventListener("click", (event) => {
      const step = event.target.closest("[data-step]");
      if (step) move(Number(step.dataset.step));
      else if (event.target.closest("[data-close], [data-close-task]") || event.target === dialog) {
        event.preventDefault();
        history.back();
      }
    });
    dialog.addEventListener("keydown", (event) => {
      const steps = { j: 1, k: -1 };
      const busy = event.target.closest("input, textarea, select, [contenteditable], .options");
      if (event.defaultPrevented || event.repeat && !(event.key in steps) || busy || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      // An open task has the keys of its own page, and the list of keys.
      const name = `[data-key="${CSS.escape(event.key)}"]`;
      const control = dialog.querySelector(name) ?? (event.key === "?" ? document.querySelector(name) : null);
      if (!(event.key in steps) && !control) return;
      event.preventDefault();
      if (control) control.click();
      else move(steps[event.key]);
    });
  }

  const body = () => dialog.querySelector(".task-dialog__body");

  /** The next or the previous card of the same column. */
  function move(step) {
    const cards = [...(cardOf(shown)?.closest(".column")?.querySelectorAll(".card__title") ?? [])];
    const next = cards[cards.findIndex((link) => link.getAttribute("href") === shown) + step];
    if (!next) return;
    history.replaceState({ task: next.getAttribute("href") }, "", next.href);
    show(next.getAttribute("href"));
  }

  function unveil() {
    if (dialog.open) return;
    dialog.showModal();
    body().focus({ preventScroll: true });
  }

  async function show(href) {
    if (!dialog) make();
    loading?.abort();
    loading = new AbortController();
    const { signal } = loading;
    shown = href;
    const timer = setTimeout(() => {
      body().innerHTML = lines;
      unveil();
    }, PATIENCE);
    try {
      const answer = await fetch(href, { headers: { "HX-Request": "true" }, signal });
      if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
      const html = await answer.text();
      await forge.panelStyles;
      if (signal.aborted) return;
      body().innerHTML = html;
      body().scrollTop = 0;
      unveil();
      htmx.process(body());
      forge.start(body());
      forge.refreshTimes(body());
      const { title } = body().querySelector(".task-panel").dataset;
      dialog.ariaLabel = title;
      document.title = `${title} · TaskForge`;
    } catch {
      if (!signal.aborted) location.replace(href); // the page says what is wrong
    } finally {
      clearTimeout(timer);
    }
  }

  function hide() {
    if (!shown) return;
    loading?.abort();
    const link = cardOf(shown);
    shown = null;
    dialog.close();
    body().replaceChildren();
    document.title = boardTitle;
    link?.focus({ preventScroll: true });
  }

  /** Open the task of an address in the dialog; `push` makes the address the page's own. */
  forge.openTask = (href, push = true) => {
    if (push) history.pushState({ task: href }, "", href);
    show(href);
  };
  forge.hideTask = hide;

  /** Do something on the board itself, once no task is open over it. */
  forge.onBoard = (act) => {
    if (!shown) {
      act();
      return;
    }
    window.addEventListener("popstate", () => act(), { once: true }); // after the listener that closes the task
    history.back();
  };

  /** Close the dialog if it shows this task; answers whether it did. */
  forge.closeTask = (taskId) => {
    if (!shown?.endsWith(taskId)) return false;
    history.back();
    return true;
  };
}
