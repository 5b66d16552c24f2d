// The palette: one field and one list. What one can do with the selected card comes first, then places, then what can be created,
// then what was found. The focus stays in the field; the list is described by aria-activedescendant.

import { onBackdropClick } from "../lib/backdrop.js";
import { cardKey, findCard, titleLink } from "../lib/card.js";
import { createElement, createIcon } from "../lib/dom.js";
import { isCommandKey, isComposing } from "../lib/keyboard.js";
import { listCommands, listPeopleCommands } from "./commands.js";
import { fuzzyScore } from "./fuzzy-score.js";
import { cancelSearch, searchSoon } from "./search.js";

const TITLES = { recent: "Recent", go: "Go to", create: "Create", found: "Results" };
const ORDER = { all: ["recent", "card", "go", "create", "found"], find: ["found", "go", "create"] };
const MAX_SHOWN = { recent: 3, card: 20, go: 8, create: 3, found: 8 };
const MAX_WHILE_TYPING = 6;
const MAX_LENGTH = 200;
const MAX_RECENT = 8;
const RECENT_BONUS = 4; // score of an option that was run before
const ALSO_MALUS = 4; // of one that fits by words that are not shown
const dialog = document.getElementById("palette");
const recent = []; // the words of the last commands, in this page
let mode = "all";
let card = null;
let found = null;
let options = [];
let active = 0;
let isPointed = false; // whether the arrow keys have chosen the active option

function build() {
  const head = createElement("div", "palette__head");
  const field = createElement("input", "palette__field", {
    type: "text", role: "combobox", autocomplete: "off", spellcheck: false, maxLength: MAX_LENGTH,
    ariaExpanded: "true", ariaAutoComplete: "list",
  });
  field.setAttribute("aria-controls", "palette-list");
  head.append(createIcon("search"), field, createElement("kbd", "", { textContent: "Esc", ariaHidden: "true" }));
  const list = createElement("div", "palette__list", { id: "palette-list", role: "listbox", ariaLabel: "Commands and results" });
  const count = createElement("p", "visually-hidden", { role: "status" });
  dialog.append(head, list, count);
  return { field, list, count };
}
const { field, list, count } = build();

const typed = () => field.value.trim();

/** The heading of a section; that of the card names it. */
function titleOf(section) {
  if (section !== "card" || !card) return section === "card" ? "This task" : TITLES[section];
  return `${cardKey(card)} · ${titleLink(card).textContent}`;
}

function foundOptions() {
  if (!found) return [];
  const base = { sure: true, note: "", keys: "" };
  const allResults = `${dialog.dataset.searchUrl}?q=${encodeURIComponent(typed())}`;
  return [
    ...(typed() ? listPeopleCommands(card, found.people) : []),
    ...found.boards.map(({ name, team, url }) => ({ ...base, section: "go", note: team, icon: "square-kanban", words: name, url })),
    ...found.tasks.map(({ key, title, status, board, url }) => ({
      ...base, section: "found", note: `${key} · ${board}`, icon: `status-${status}`, words: title, url,
    })),
    ...found.texts.map(({ words, icon, note, url }) => ({ ...base, section: "found", note, icon, words, url })),
    found.more && { ...base, section: "found", icon: "search", words: `All results for “${typed()}”`, url: allResults },
  ].filter(Boolean);
}

/** The fit by the further words of an option too, worth a little less than by those that are shown: each typed word begins one. */
function scoreAlso(query, words, also) {
  const text = ` ${words} ${also}`.toLowerCase();
  const fits = also && query && query.toLowerCase().split(/\s+/).every((word) => text.includes(` ${word}`));
  return fits ? Math.max(0, fuzzyScore(query, text) - ALSO_MALUS) : -1;
}

/** The options that fit, in sections, each with its best first. What is `sure` (found by the server, or made of the typed title)
    always fits. */
function choose() {
  card &&= findCard(card.dataset.taskId); // it may have been drawn again since, or be gone
  const query = typed();
  // To make what was typed is offered once it is known what there is of that name: Enter must not be too early.
  const commands = listCommands(card, query).filter(({ sure, made }) => (sure || mode === "all") && (found || !made));
  const scoreOf = ({ sure, words, also }) => Math.max(sure ? 0 : -1, fuzzyScore(query, words), scoreAlso(query, words, also));
  const fitting = [...commands, ...foundOptions()]
    .map((option) => ({ ...option, score: scoreOf(option) }))
    .filter(({ score }) => score >= 0);
  const recentOptions = (query ? [] : recent)
    .map((words) => fitting.find((option) => option.words === words))
    .filter(Boolean)
    .map((option) => ({ ...option, section: "recent" }));
  const rank = (option) => option.score + (recent.includes(option.words) ? RECENT_BONUS : 0);
  return ORDER[mode].flatMap((section) => {
    const inSection = section === "recent" ? recentOptions : fitting.filter((option) => option.section === section);
    // What the server found is in its order.
    if (query && section !== "found") inSection.sort((one, other) => rank(other) - rank(one));
    return inSection.slice(0, query && section !== "found" ? Math.min(MAX_SHOWN[section], MAX_WHILE_TYPING) : MAX_SHOWN[section] + 1);
  });
}

function drawOption(option, index) {
  const row = createElement("div", "palette__option", { id: `palette-${index}`, role: "option" });
  row.dataset.index = index;
  row.append(createIcon(option.icon), createElement("span", "palette__label", { textContent: option.words }));
  if (option.note) row.append(createElement("span", "palette__note", { textContent: option.note }));
  const keys = option.keys ? option.keys.split(" ") : [];
  if (keys.length) {
    const shown = createElement("span", "palette__keys", { ariaHidden: "true" });
    shown.append(...keys.map((key) => createElement("kbd", "", { textContent: key })));
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
      const title = createElement("p", "palette__title", {
        id: `palette-of-${option.section}`, textContent: titleOf(option.section), ariaHidden: "true",
      });
      const group = createElement("div", "palette__group", { role: "group" });
      group.setAttribute("aria-labelledby", title.id);
      group.dataset.section = option.section;
      group.append(title, drawOption(option, index));
      groups.push(group);
    }
  });
  list.replaceChildren(...groups);
  if (!options.length || found?.failure) list.append(createElement("p", "palette__empty", { textContent: emptyWords() }));
  point(Math.max(0, options.findIndex(({ section }) => section !== "create")));
}

const emptyWords = () => {
  if (found?.failure) return found.failure;
  if (typed()) return found ? "Nothing fits." : "Searching…";
  return "Type words, a tag, or a key like WEB-12.";
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
  // What arrives later must not take the place of an option that the arrow keys have reached.
  const same = isPointed && options.findIndex((option) => option.words === words);
  if (same > 0) point(same);
  count.textContent = found?.failure || (options.length === 1 ? "1 result" : `${options.length} results`);
}

function ask() {
  const query = typed();
  if (!query) found = null;
  const boardId = card?.closest("[data-board-id]")?.dataset.boardId;
  const person = card && /^assign(?: to)? +(.+)/i.exec(query)?.[1];
  searchSoon(dialog.dataset.searchUrl, person || query, boardId, (answer) => {
    found = person ? { ...answer, boards: [], tasks: [], texts: [], more: false } : answer;
    refresh();
  });
}

const looksLike = (option) => (other) => ["section", "words", "note", "url"].every((name) => other[name] === option[name]);

/** An option as it is now: what it acts on may have been drawn again since the list was. Of options that look the same, two columns of one
    name say, it is the one in the same place. */
function renew(option) {
  const place = options.filter(looksLike(option)).indexOf(option);
  return choose().filter(looksLike(option))[place] ?? option;
}

function run(chosen, elsewhere) {
  if (!chosen) return;
  const option = renew(chosen);
  if (!option.url || option.section !== "found") {
    recent.unshift(option.words);
    recent.splice(0, recent.length, ...[...new Set(recent)].slice(0, MAX_RECENT));
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
  // For a frame after it was closed, the field still gets the keys: they are not for the palette any more.
  if (isComposing(event) || !dialog.open) return;
  const last = options.length - 1;
  if (event.key in steps) {
    event.preventDefault();
    isPointed = true;
    const to = active + steps[event.key];
    if (Math.abs(steps[event.key]) === 1) point(to < 0 ? last : to > last ? 0 : to);
    else point(Math.max(0, Math.min(to, last)));
  } else if (event.key === "Enter") {
    event.preventDefault();
    run(options[active], event.ctrlKey || event.metaKey);
  } else if (event.key === "Tab") event.preventDefault(); // the list is reached by the arrows, and there is nothing else
  else if (isCommandKey(event, "k")) {
    event.preventDefault();
    event.stopPropagation();
    dialog.close();
  }
});
field.addEventListener("input", () => {
  isPointed = false;
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
onBackdropClick(dialog, () => dialog.close());
dialog.addEventListener("close", () => dialog.open || cancelSearch()); // it comes late: the palette may be open again

/** Open the palette; `mode` is "all" or "find" (no commands), `selected` the card that it is about, or null. */
export function showPalette(newMode, selected) {
  mode = newMode;
  card = selected;
  found = null;
  field.value = "";
  isPointed = false;
  field.placeholder = mode === "find" ? "Search everything" : "Type a command, or search";
  field.ariaLabel = field.placeholder;
  options = choose();
  draw();
  dialog.showModal();
  field.focus();
  ask();
}
