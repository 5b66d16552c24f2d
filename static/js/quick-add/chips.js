// Chips that show what a quick-add line says.

import { createElement, createIcon } from "../lib/dom.js";

const REASONS = {
  unknown: (word) => `${word}: nobody goes by that name`,
  ambiguous: (word) => `${word}: more than one person`,
  second: (word) => `${word}: stays in the title`,
  full: (word) => `${word}: too many tags`,
};
const dayFormat = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
const dayOfYearFormat = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

function formatDay(due, today) {
  const [day, time] = due.split("T");
  const format = day.slice(0, 4) === today.slice(0, 4) ? dayFormat : dayOfYearFormat;
  return [format.format(new Date(`${day}T00:00:00Z`)), time].filter(Boolean).join(", ");
}

function createChip(kind, icon, text, tag = "span") {
  const chip = createElement(tag, "chip");
  const label = createElement("span", "visually-hidden", { textContent: `${kind} ` });
  const shown = document.createElement("bdi");
  shown.textContent = text;
  chip.append(createIcon(icon), label, shown);
  return chip;
}

// A chip that can be clicked away; its words then stay in the title.
function createRemovable(kind, icon, text, places) {
  const chip = createChip(kind, icon, text, "button");
  chip.type = "button";
  chip.dataset.places = places;
  chip.title = `Keep “${text}” out: its words stay in the title`;
  chip.append(createIcon("x"), createElement("span", "visually-hidden", { textContent: ", keep its words in the title" }));
  return chip;
}

function createNote({ kind, word }) {
  const chip = createChip("Note", "info", REASONS[kind](word));
  chip.classList.add("quick-add__note");
  return chip;
}

/** The chips of a line as parseLine reads it on the day `today`; a removable one has the places of its words as data-places. */
export const createChips = ({ assignee, priority, tags, due, notes, places }, today) => [
  ...(assignee ? [createRemovable("Assignee", "user-round", assignee.display_name, places.assignee)] : []),
  ...(priority ? [createRemovable("Priority", `priority-${priority}`, priority, places.priority)] : []),
  ...(due ? [createRemovable("Due", "calendar", formatDay(due, today), places.due)] : []),
  ...tags.map((tag) => createRemovable("Tag", "tag", tag, places[`#${tag}`])),
  ...notes.map(createNote),
];
