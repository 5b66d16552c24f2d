// The bar at the foot of the board: how many cards are selected, and what can be done with all of them. The server draws it.
{
  const code = document.getElementById("bulk-code");
  const controls = ".bulk__head .button, .bulk__acts summary, .bulk__acts > .button";
  let bar = null;
  let coming = null;
  let wanted = 0;

  const focusBack = () => {
    if (bar?.contains(document.activeElement) || document.activeElement === document.body) (forge.contextCard?.() ?? document.querySelector(".card"))?.querySelector(".card__title").focus({ preventScroll: true });
  };

  async function fetchBar() {
    const answer = await fetch(code.dataset.url, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
    const template = document.createElement("template");
    template.innerHTML = await answer.text();
    return document.importNode(template.content, true).querySelector("#bulk");
  }

  /** Show or hide the bar; it is asked for anew with each selection, as columns and people change. */
  forge.bulk.showBar = async (on, number) => {
    wanted = number;
    if (!on) {
      focusBack();
      bar?.remove();
      bar = coming = null;
      return;
    }
    if (!bar && !coming) {
      const mine = coming = fetchBar();
      try {
        const fresh = await mine;
        if (coming !== mine) return;
        build(fresh);
      } catch {
        if (coming === mine) coming = null;
        forge.toast("No connection, so nothing can be done with these cards now.", "danger");
        return;
      }
    }
    if (bar) bar.querySelector(".bulk__count strong").textContent = wanted;
  };

  function build(fresh) {
    bar = fresh;
    document.querySelector(".board").append(bar);
    forge.start(bar);
    setDays();
    bar.addEventListener("click", onClick);
    bar.addEventListener("submit", onSubmit);
    bar.addEventListener("keydown", onArrow);
  }

  /** The days that are chosen often, as the reader's own calendar has them. */
  function setDays() {
    const ahead = { today: 0, tomorrow: 1, "next-week": (8 - new Date().getDay()) % 7 || 7 };
    for (const button of bar.querySelectorAll("[data-day]")) {
      if (!(button.dataset.day in ahead)) continue;
      const day = new Date();
      day.setDate(day.getDate() + ahead[button.dataset.day]);
      button.dataset.value = [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
    }
  }

  const closeMenus = () => bar.querySelectorAll(".menu[open]").forEach((menu) => { menu.open = false; });

  function run(act, value, words) {
    if (!wanted) {
      forge.toast("Select a card first.");
      return;
    }
    closeMenus();
    focusBack();
    forge.bulk.run(bar, { act, value, words });
  }

  function onClick({ target }) {
    const button = target.closest("[data-act]");
    if (button) run(button.dataset.act, button.dataset.value, button.dataset.words);
    else if (target.closest("[data-clear]")) forge.bulk.clear();
    const opened = target.closest("summary")?.parentElement;
    if (opened) for (const menu of bar.querySelectorAll(".menu[open]")) if (menu !== opened) menu.open = false;
  }

  function onSubmit(event) {
    event.preventDefault();
    const { value } = event.target.elements[event.target.dataset.form];
    run(event.submitter.value, value, value);
    event.target.reset();
  }

  /** Arrows walk the controls of the bar, and the items of an open menu. */
  function onArrow(event) {
    const item = event.target.closest(".menu__item");
    const along = item ? ["ArrowUp", "ArrowDown"] : ["ArrowLeft", "ArrowRight"];
    const step = { [along[0]]: -1, [along[1]]: 1 }[event.key];
    if (!step || event.target.matches("input")) return;
    event.preventDefault();
    event.stopPropagation();
    const all = item ? [...item.parentElement.querySelectorAll(".menu__item")] : [...bar.querySelectorAll(controls)];
    all.at((all.indexOf(item ?? event.target) + step) % all.length)?.focus();
  }

  /** What a key does with all selected cards; false where it does nothing. */
  forge.bulk.press = (key) => {
    const menu = bar?.querySelector(`[data-keys*="${CSS.escape(key)}"]`);
    if (menu) {
      const open = !menu.open;
      closeMenus();
      menu.open = open;
      if (open) menu.querySelector("input, .menu__item")?.focus();
      return true;
    }
    const act = { i: () => run("assignee", code.dataset.me, "you") }[key]
      ?? (/^[0-4]$/.test(key) ? () => run("priority", ["medium", "low", "medium", "high", "urgent"][key], "") : null);
    if (!act || !bar || !bar.querySelector("[data-act=assignee]")) return false;
    act();
    return true;
  };
}
