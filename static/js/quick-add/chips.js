// Chips that show what a quick-add line says.

import { createElement, createIcon } from "../lib/dom.js";

const REASONS = {
  unknown: (word) => `${word}: nobody goes by that name`,
  ambiguous: (word) => `${word}: more than one person`,
  second: (word) => `${word}: stays in the title`,
  full: (word) => `${word}: too many tags`,
};
const dayFormat = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
const formatDay = (day) => dayFormat.format(new Date(`${day}T00:00:00Z`));

function createChip(kind, icon, text) {
  const chip = createElement("span", "chip");
  const label = createElement("span", "visually-hidden", { textContent: `${kind} ` });
  const shown = document.createElement("bdi");
  shown.textContent = text;
  chip.append(createIcon(icon), label, shown);
  return chip;
}

function createNote({ kind, word }) {
  const chip = createChip("Note", "info", REASONS[kind](word));
  chip.classList.add("quick-add__note");
  return chip;
}

/** The chips of a line as parseLine reads it. */
export const createChips = ({ assignee, priority, tags, due, notes }) => [
  ...(assignee ? [createChip("Assignee", "user-round", assignee.display_name)] : []),
  ...(priority ? [createChip("Priority", `priority-${priority}`, priority)] : []),
  ...(due ? [createChip("Due", "calendar", formatDay(due))] : []),
  ...tags.map((tag) => createChip("Tag", "tag", tag)),
  ...notes.map(createNote),
];
