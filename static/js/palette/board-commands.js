// The commands of a board: for its selected card, its views, and new cards.

import "../board/shared.js";
import { loadBulk } from "../board/bulk-loader.js";
import { canRunCardAction, runCardAction } from "../board/card-actions-loader.js";
import { openLaneQuickAdd } from "../board/quick-add.js";
import { afterClosingTask } from "../board/task-opener.js";
import { clickCommand, iconOf, newBoardName, registerBoardCommands, wordsOf } from "./commands.js";

const PRIORITIES = [["urgent", "4"], ["high", "3"], ["medium", "2"], ["low", "1"]];
const all = (selector) => [...document.querySelectorAll(selector)];
const columnIdOf = (head) => head.id.slice("column-".length, -"-head".length);

function cardCommands(card) {
  const base = { section: "card", note: "" };
  const command = (name, icon, words, keys, ...more) =>
    canRunCardAction(name) && { ...base, icon, words, keys, run: () => runCardAction(name, card, ...more) };
  const others = all(".board__columns .column__head:has(.column__name)").filter((head) => columnIdOf(head) !== card.closest(".column").dataset.columnId);
  const moves = others.map((head) => ({
    ...base,
    icon: iconOf(head),
    words: `Move to ${head.querySelector(".column__name").textContent}`,
    keys: "",
    run: () => runCardAction("sendToTop", card, columnIdOf(head)),
  }));
  const selectForBulk = async () => (await loadBulk())?.toggle(card);
  const setPriority = ([name, digit]) => command("priority", `priority-${name}`, `Set priority: ${name}`, digit, name);
  const ifAllowed = (name, commands) => (canRunCardAction(name) ? commands : []);
  return [
    command("preview", "eye", "Peek", "Space"),
    document.getElementById("bulk-config") && { ...base, icon: "list-checks", words: "Select", keys: "x", run: selectForBulk },
    { ...base, icon: "corner-down-left", words: "Open", keys: "Enter", run: () => runCardAction("open", card) },
    ...ifAllowed("move", moves),
    command("move", "arrow-right", "Move…", "m"),
    command("assignToMe", "user-round", "Assign to me", "i"),
    command("assignee", "user-plus", "Assign to…", "a"),
    ...ifAllowed("priority", PRIORITIES).map(setPriority),
    command("due", "calendar", "Set the due date…", "d"),
    command("tags", "tag", "Change the tags…", "l"),
    command("title", "pencil", "Change the title…", "t"),
    command("edit", "pencil", "Edit", "e"),
    { ...command("watch", "eye", "Watch, or no more", "w"), also: "notify follow mute" },
    navigator.clipboard && { ...base, icon: "paperclip", words: "Copy the link", keys: "", run: () => runCardAction("copyLink", card) },
    ...ifAllowed("trash", [{ ...command("trash", "trash-2", "Move to the trash", ""), also: "delete remove" }]),
  ];
}

const peopleCommands = (card, people) => (canRunCardAction("assignToMe") ? people : []).map((person) => ({
  section: "card",
  sure: true,
  note: "",
  icon: "user-round",
  words: `Assign to ${person.name}`,
  keys: "",
  run: () => runCardAction("assign", card, person),
}));

const placeWords = (element) => (element.dataset.also?.startsWith("invite") ? wordsOf(element) : `Go to ${wordsOf(element)}`);

/** Folding each column, or opening it, and its settings. */
const columnCommands = (board) => all(".board__columns .column__tool").filter((element) => element.checkVisibility()).map((element) => {
  const name = element.closest(".column__head").querySelector(".column__name").textContent;
  const isSettings = element.matches("a");
  const words = isSettings ? `Settings of ${name}` : wordsOf(element).replace(/^Open/, "Unfold");
  const run = () => afterClosingTask(() => element.click());
  return { ...clickCommand("go", board, words, element, "layers"), url: "", run, also: isSettings ? "column rename limit" : "collapse column" };
});

function placeCommands() {
  const board = document.querySelector(".board__names h1")?.textContent ?? "";
  // What lies under an open task can't be reached before the task is closed.
  const view = (words, element) => ({
    ...clickCommand("go", board, words, element, "layers"),
    url: "",
    run: () => afterClosingTask(() => element.click()),
  });
  return [
    ...all("#board-more a:not([data-view])").map((element) => clickCommand("go", board, placeWords(element), element, "arrow-right")),
    ...all("#board-filter").map((element) => view("Filter the cards", element)),
    ...all(".board__views > a[data-view]").map((element) => view(element.ariaCurrent ? "Show all cards" : "Show only my cards", element)),
    ...columnCommands(board),
    ...all("#board-lanes [data-view]:not([aria-current])").map((element) => view(`Lanes: ${wordsOf(element).toLowerCase()}`, element)),
  ];
}

async function addCard(place, title) {
  const form = place.matches("form") ? place : await openLaneQuickAdd(place);
  if (!form) return;
  form.elements.title.value = title;
  form.elements.title.focus();
  form.requestSubmit();
}

/** The card with the typed title, in the column of the selected card or in the first. */
function createCommands(card, typed) {
  const place = (card?.closest(".column") ?? document).querySelector("form.quick-add, .lane-add");
  if (!place) return [];
  const column = place.closest(".column");
  const note = column?.querySelector(".column__name")?.textContent ?? column?.querySelector(".column__cards").ariaLabel;
  const write = () => (place.matches("form") ? place.elements.title.focus() : place.click());
  const base = { section: "create", note, icon: "plus" };
  const typedCard = { ...base, sure: true, made: true, words: `Create card “${typed}”`, keys: "", run: () => addCard(place, typed) };
  return [
    typed && !newBoardName(typed) && typedCard,
    { ...base, words: "New card", keys: "c", run: () => afterClosingTask(write) },
  ];
}

registerBoardCommands({ card: cardCommands, people: peopleCommands, places: placeCommands, create: createCommands });
