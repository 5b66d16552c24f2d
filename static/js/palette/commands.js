// The commands of a page. Nothing is offered here that has no control of its own somewhere: most of them are those controls.
{
  const PRIORITIES = [["urgent", "4"], ["high", "3"], ["medium", "2"], ["low", "1"]];

  const wordsOf = (element) => {
    const copy = element.cloneNode(true);
    for (const extra of copy.querySelectorAll("kbd, .bar__count, .visually-hidden")) extra.remove();
    return (element.getAttribute("aria-label") ?? copy.textContent).trim();
  };
  const iconOf = (element, instead) => [...(element.querySelector(".icon")?.classList ?? [])].find((name) => name.startsWith("icon--"))?.slice(6) ?? instead;

  /** What can be done with the selected card of a board. */
  function cardCommands(card) {
    const command = (name, icon, words, keys, ...more) => forge.mayAct(name) && { section: "card", note: "", icon, words, keys, run: () => forge.act(name, card, ...more) };
    const idOf = (head) => head.id.slice("column-".length, -"-head".length);
    const others = [...document.querySelectorAll(".board__columns .column__head")].filter((head) => idOf(head) !== card.closest(".column").dataset.columnId);
    const moves = others.map((head) => ({
      ...command("move", iconOf(head), `Move to ${head.querySelector(".column__name").textContent}`, "", null),
      run: () => forge.act("send", card, idOf(head)),
    }));
    const may = (list, name) => (forge.mayAct(name) ? list : []);
    return [
      command("peek", "eye", "Peek", "Space"),
      document.getElementById("bulk-code") && { section: "card", note: "", icon: "list-checks", words: "Select", keys: "x", run: async () => await forge.bringBulk() && forge.bulk.toggle(card) },
      { section: "card", note: "", icon: "corner-down-left", words: "Open", keys: "Enter", run: () => forge.act("open", card) },
      ...may(moves, "move"),
      command("move", "arrow-right", "Move…", "m"),
      command("mine", "user-round", "Assign to me", "i"),
      command("assignee", "user-plus", "Assign to…", "a"),
      ...may(PRIORITIES, "priority").map(([name, digit]) => command("priority", `priority-${name}`, `Set priority: ${name}`, digit, name)),
      command("due", "calendar", "Set the due date…", "d"),
      command("tags", "tag", "Change the tags…", "l"),
      command("title", "pencil", "Change the title…", "t"),
      command("edit", "pencil", "Edit", "e"),
      navigator.clipboard && { section: "card", note: "", icon: "paperclip", words: "Copy the link", keys: "", run: () => forge.act("copy", card) },
      command("trash", "trash-2", "Move to the trash", ""),
    ];
  }

  const click = (section, note, words, element, instead) => ({
    section, note, words, icon: iconOf(element, instead), keys: element.dataset.key ?? "", url: element.href, run: () => element.click(),
  });

  /** The buttons of an open task. */
  const taskCommands = () => [...document.querySelectorAll(".task__head :is(a.button, button)")]
    .map((element) => click("card", "", wordsOf(element), element, "arrow-right"));

  function placeCommands() {
    const bar = [...document.querySelectorAll(".bar__nav a, .bar > a.bar__link, .bar .menu__item[href]")];
    const board = document.querySelector(".board__names h1")?.textContent ?? "";
    const tools = [...document.querySelectorAll(".board__places a[href]")];
    const view = (words, element) => ({ ...click("go", board, words, element, "layers"), url: "", run: () => onBoard(() => element.click()) });
    return [
      ...bar.map((element) => click("go", "", `Go to ${wordsOf(element)}`, element, element.dataset.key === "g b" ? "square-kanban" : "users")),
      ...tools.map((element) => click("go", board, `Go to ${wordsOf(element)}`, element, "arrow-right")),
      ...[...document.querySelectorAll("#board-filter")].map((element) => view("Filter the cards", element)),
      ...[...document.querySelectorAll(".board__views > a[data-view]")].map((element) => view(element.ariaCurrent ? "Show all cards" : "Show only my cards", element)),
      ...[...document.querySelectorAll("#board-lanes a:not([aria-current])")].map((element) => view(`Lanes: ${wordsOf(element).toLowerCase()}`, element)),
      ...[...document.querySelectorAll("[data-open=keys-help]")].map((element) => click("go", "", "Keyboard shortcuts", element, "keyboard")),
    ];
  }

  /** What lies under an open task can't be reached before the task is closed. */
  const onBoard = (act) => (forge.onBoard ?? ((now) => now()))(act);

  async function addCard(place, title) {
    const form = place.matches("form") ? place : await forge.addInLane(place);
    if (!form) return;
    form.elements.title.value = title;
    form.requestSubmit();
  }

  /** The id of the team that the page is about; "" where it is about none. */
  function currentTeam() {
    const page = document.querySelector(".crumbs a[href*='/teams/']")?.pathname ?? location.pathname;
    return /^\/teams\/([0-9a-f-]{36})/.exec(page)?.[1] ?? "";
  }

  /** The card with the typed title, in the column of the selected card or in the first. */
  function createCommands(card, typed) {
    const place = (card?.closest(".column") ?? document).querySelector("form.quick-add, .lane-add");
    const column = place?.closest(".column");
    const note = column?.querySelector(".column__name")?.textContent ?? column?.querySelector(".column__cards").ariaLabel;
    const write = () => (place.matches("form") ? place.elements.title.focus() : place.click());
    const [boards, teams] = ["g b", "g t"].map((keys) => document.querySelector(`.bar [data-key="${keys}"]`)?.href);
    const name = /^new board:? +(.+)/i.exec(typed)?.[1]; // as in "new board Autumn fair"
    const newBoard = (fields) => `${boards}?${new URLSearchParams({ new: currentTeam(), ...fields })}`;
    return [
      place && typed && !name && { section: "create", sure: true, made: true, note, icon: "plus", words: `Create card “${typed}”`, keys: "", run: () => addCard(place, typed) },
      place && { section: "create", note, icon: "plus", words: "New card", keys: "c", run: () => onBoard(write) },
      name && { section: "create", sure: true, note: "", icon: "square-kanban", words: `Create board “${name}”`, keys: "", url: newBoard({ name }) },
      { section: "create", note: "", icon: "square-kanban", words: "New board", keys: "", url: newBoard({}) },
      { section: "create", note: "", icon: "users", words: "New team", keys: "", url: `${teams}#team-form`, run: () => location.assign(`${teams}#team-form`) },
    ];
  }

  /** All commands of the page for the card that was selected (or null) and what is typed. */
  forge.listCommands = (card, typed) => [
    ...(card ? cardCommands(card) : taskCommands()),
    ...placeCommands(),
    ...createCommands(card, typed),
  ].filter(Boolean);
}
