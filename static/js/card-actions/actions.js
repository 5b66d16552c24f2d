// What can be done with a card, by name: the keys of the board and the command palette do the same.

import "../board/shared.js";
import { openEditForm } from "../board/task-opener.js";
import { sendToTop } from "../keys/move-keys.js";
import { isRow, titleLink } from "../lib/card.js";
import { createAvatar, createElement } from "../lib/dom.js";
import { submitByPageLoad } from "../lib/http.js";
import { toast } from "../lib/toast.js";
import { uuid } from "../lib/uuid.js";
import { changeField } from "./field-changes.js";
import { editField } from "./field-popover.js";
import { togglePreview } from "./preview.js";
import { toggleWatch } from "./watch.js";

const LABELS = { title: "Title", assignee: "Assignee", tags: "Tags", due: "Due date", column: "Column" };
const metaOf = (card) => card.querySelector(".card__meta");

function paintPriority(card, priority) {
  if (isRow(card)) return;
  metaOf(card).querySelector(".card__fact--icon")?.remove();
  if (priority === "medium") return;
  const glyph = createElement("span", `card__fact card__fact--icon icon--priority-${priority}`, { title: priority, textContent: priority });
  metaOf(card).querySelector(".nowrap").after(glyph);
}

function paintAssignee(card, person) {
  if (isRow(card)) return;
  metaOf(card).querySelector(".avatar")?.remove();
  const { name } = person;
  metaOf(card).append(createAvatar(person, "", { role: "img", ariaLabel: name, title: name }));
}

function currentUser() {
  const { userId, userName, userInitials, userHue, userPicture } = document.getElementById("palette").dataset;
  return { id: userId, name: userName, initials: userInitials, hue: userHue, picture: userPicture };
}

const setPriority = (card, priority) => changeField(card, "priority", priority, {
  words: `priority ${priority}`,
  paint: (shown) => paintPriority(shown, priority),
});
const assign = (card, person) => changeField(card, "assignee", person.id, {
  words: `assigned to ${person.name}`,
  paint: (shown) => paintAssignee(shown, person),
});
const edit = (field) => (card) => editField(card, field, LABELS[field]);

async function copyLink(card) {
  await navigator.clipboard.writeText(titleLink(card).href);
  toast("Link copied", "ok");
}

export const cardActions = {
  open: (card) => titleLink(card).click(),
  edit: (card) => openEditForm(titleLink(card).getAttribute("href")),
  preview: togglePreview,
  move: (card) => card.querySelector(".card__move").click(),
  sendToTop,
  title: edit("title"),
  assignee: edit("assignee"),
  tags: edit("tags"),
  due: edit("due"),
  column: edit("column"),
  field: editField, // of a table: (row, field, label)
  done: (card) => changeField(card, "status", "done", { words: "done", paint: ({ dataset }) => { dataset.status = "done"; } }),
  priority: setPriority,
  assign,
  assignToMe: (card) => assign(card, currentUser()),
  trash: (card) => submitByPageLoad(`${titleLink(card).href}/delete`, { op: uuid(), version: card.dataset.version }),
  copyLink,
  watch: toggleWatch,
};
