// The palette: one field and one list. What one can do with the selected card comes first, then places, then what can be made,
// then what was found. The focus stays in the field; the list is told of by aria-activedescendant.
{
  const TITLES = { recent: "Recent", go: "Go to", create: "Create", found: "Tasks" };
  const ORDER = { all: ["recent", "card", "go", "create", "found"], find: ["found", "go", "create"] };
  const MOST = { recent: 3, card: 20, go: 8, create: 3, found: 8 };
  const MOST_WHILE_TYPING = 6;
  const LONGEST = 200;
  const dialog = document.getElementById("palette");
  const recent = []; // the words of the last commands, in this page
  let mode = "all";
  let card = null;
  let found = null;
  let options = [];
  let active = 0;
  let chosen = false; // whether the person has walked to the active option

  const make = (tag, className, more = {}) => Object.assign(document.createElement(tag), { className, ...more });
  const iconFor = (name) => make("span", `icon icon--${name}`, { ariaHidden: "true" });

  function build() {
    const head = make("div", "palette__head");
    const field = make("input", "palette__field", { type: "text", role: "combobox", autocomplete: "off", spellcheck: false, maxLength: LONGEST, ariaExpanded: "true", ariaAutoComplete: "list" });
    field.setAttribute("aria-controls", "palette-list");
    head.append(iconFor("search"), field, make("kbd", "", { textContent: "Esc", ariaHidden: "true" }));
    const list = make("div", "palette__list", { id: "palette-list", role: "listbox", ariaLabel: "Commands and results" });
    const count = make("p", "visually-hidden", { role: "status" });
    dialog.append(head, list, count);
    return { field, list, count };
  }
  const { field, list, count } = build();

  const typed = () => field.value.trim();

  /** The heading of a section; that of the card names it. */
  function titleOf(section) {
    if (section !== "card" || !card) return section === "card" ? "This task" : TITLES[section];
    return `${card.querySelector(".card__meta .nowrap").textContent} · ${card.querySelector(".card__title").textContent}`;
  }

  function foundOptions() {
    if (!found) return [];
    const people = card && forge.mayAct("mine") && typed() ? found.people : [];
    return [
      ...people.map((person) => ({ section: "card", sure: true, note: "", icon: "user-round", words: `Assign to ${person.name}`, keys: "", run: () => forge.act("assign", card, person) })),
      ...found.boards.map(({ name, team, url }) => ({ section: "go", sure: true, note: team, icon: "square-kanban", words: name, keys: "", url })),
      ...found.tasks.map(({ key, title, status, board, url }) => ({ section: "found", sure: true, note: `${key} · ${board}`, icon: `status-${status}`, words: title, keys: "", url })),
      found.more && { section: "found", sure: true, note: "", icon: "search", words: `All results for “${typed()}”`, keys: "", url: `${dialog.dataset.find}?q=${encodeURIComponent(typed())}` },
    ].filter(Boolean);
  }

  /** What fits, in sections, each with its best first; what the server found or the typed title makes has been chosen already. */
  function choose() {
    const query = typed();
    // To make what was typed is offered once it is known what there is of that name: Enter must not be too early.
    const commands = forge.listCommands(card, query).filter(({ sure, made }) => (sure || mode === "all") && (found || !made));
    const all = [...commands, ...foundOptions()].map((option) => ({ ...option, score: Math.max(option.sure ? 0 : -1, forge.scoreOf(query, option.words)) }));
    const fitting = all.filter(({ score }) => score >= 0);
    const again = query ? [] : recent.map((words) => fitting.find((option) => option.words === words)).filter(Boolean).map((option) => ({ ...option, section: "recent" }));
    const often = (option) => (recent.includes(option.words) ? 4 : 0);
    return ORDER[mode].flatMap((section) => {
      const mine = section === "recent" ? again : fitting.filter((option) => option.section === section);
      if (query) mine.sort((one, other) => other.score + often(other) - one.score - often(one));
      return mine.slice(0, query && section !== "found" ? Math.min(MOST[section], MOST_WHILE_TYPING) : MOST[section] + 1);
    });
  }

  function drawOption(option, index) {
    const row = make("div", "palette__option", { id: `palette-${index}`, role: "option" });
    row.dataset.index = index;
    row.append(iconFor(option.icon), make("span", "palette__words", { textContent: option.words }));
    if (option.note) row.append(make("span", "palette__note", { textContent: option.note }));
    const keys = option.keys ? option.keys.split(" ") : [];
    if (keys.length) {
      const shown = make("span", "palette__keys", { ariaHidden: "true" });
      shown.append(...keys.map((key) => make("kbd", "", { textContent: key })));
      row.append(shown);
    }
    return row;
  }

  function draw() {
    const groups = [];
    options.forEach((option, index) => {
      const last = groups.at(-1);
      if (last?.dataset.section === option.section) last.append(drawOption(option, index));
      else {
        const title = make("p", "palette__title", { id: `palette-of-${option.section}`, textContent: titleOf(option.section), ariaHidden: "true" });
        const group = make("div", "palette__group", { role: "group" });
        group.setAttribute("aria-labelledby", title.id);
        group.dataset.section = option.section;
        group.append(title, drawOption(option, index));
        groups.push(group);
      }
    });
    list.replaceChildren(...groups);
    if (!options.length || found?.failed) list.append(make("p", "palette__none", { textContent: emptyWords() }));
    point(Math.max(0, options.findIndex(({ section }) => section !== "create")));
  }

  const emptyWords = () => {
    if (found?.failed) return "The search does not answer. Commands still work.";
    if (typed()) return found ? "Nothing fits." : "Searching…";
    return "Type a title, a tag, or a key like WEB-12.";
  };

  function point(index) {
    list.querySelector("[aria-selected=true]")?.removeAttribute("aria-selected");
    active = index;
    const row = list.querySelector(`#palette-${index}`);
    if (row) {
      row.ariaSelected = "true";
      row.scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-activedescendant", row.id);
    } else field.removeAttribute("aria-activedescendant");
  }

  function refresh() {
    const words = options[active]?.words;
    options = choose();
    draw();
    // What comes in later must not take the place of an option that somebody has walked to.
    const same = chosen && options.findIndex((option) => option.words === words);
    if (same > 0) point(same);
    count.textContent = options.length === 1 ? "1 result" : `${options.length} results`;
  }

  function ask() {
    const query = typed();
    if (!query) found = null;
    const boardId = card?.closest("[data-board-id]")?.dataset.boardId;
    const person = card && /^assign(?: to)? +(.+)/i.exec(query)?.[1];
    forge.findSoon(dialog.dataset.find, person || query, boardId, (answer) => {
      found = person ? { ...answer, boards: [], tasks: [], more: false } : answer;
      refresh();
    });
  }

  function run(option, elsewhere) {
    if (!option) return;
    if (!option.url || option.section !== "found") {
      recent.unshift(option.words);
      recent.splice(0, recent.length, ...[...new Set(recent)].slice(0, 8));
    }
    if (elsewhere && option.url) {
      open(option.url, "_blank", "noopener");
      return;
    }
    dialog.close();
    if (option.run) option.run();
    else location.assign(option.url);
  }

  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };

  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const last = options.length - 1;
    if (event.key in steps) {
      event.preventDefault();
      chosen = true;
      const to = active + steps[event.key];
      if (Math.abs(steps[event.key]) === 1) point(to < 0 ? last : to > last ? 0 : to);
      else point(Math.max(0, Math.min(to, last)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(options[active], event.ctrlKey || event.metaKey);
    } else if (event.key === "Tab") event.preventDefault(); // the list is reached by the arrows, and there is nothing else
    else if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      dialog.close();
    }
  });
  field.addEventListener("input", () => {
    chosen = false;
    found = null;
    refresh();
    ask();
  });
  list.addEventListener("pointermove", ({ target, movementX, movementY }) => {
    const row = target.closest(".palette__option");
    if (row && (movementX || movementY) && Number(row.dataset.index) !== active) point(Number(row.dataset.index));
  });
  list.addEventListener("click", (event) => {
    const row = event.target.closest(".palette__option");
    if (row) run(options[Number(row.dataset.index)], event.ctrlKey || event.metaKey);
  });
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => forge.stopFinding());

  /** Open the palette; `mode` is "all" or "find" (no commands), `selected` the card that it is about, or null. */
  forge.showPalette = (wanted, selected) => {
    mode = wanted;
    card = selected;
    found = null;
    field.value = "";
    chosen = false;
    field.placeholder = mode === "find" ? "Search tasks and boards" : "Type a command, or search";
    field.ariaLabel = field.placeholder;
    options = choose();
    draw();
    dialog.showModal();
    field.focus();
    ask();
  };
}
