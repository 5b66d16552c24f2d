// Where files go: the card or comment that is meant by a place on the page.

import { cardKey } from "../lib/card.js";

/** The open task that a part of the page belongs to, as a target; null where it takes no files. */
function taskOf(element) {
  const panel = element.closest(".task-panel");
  const files = panel?.querySelector(".files[data-upload-url]");
  if (!files) return null;
  const { uploadUrl, maxBytes } = files.dataset;
  const key = panel.dataset.title.split(" ")[0];
  return { taskId: panel.dataset.taskId, key, address: uploadUrl, maxBytes: Number(maxBytes), element: panel, words: `Attach to ${key}` };
}

/** The text field into which a file goes: that of a comment or a description, or one that is in the same form. */
function fieldOf(element) {
  const field = element.matches("textarea") ? element : element.closest(".comment-form")?.querySelector("textarea");
  return field?.matches("[data-people]") ? field : null;
}

/** A card of the board as a target. */
export function cardTarget(card) {
  const board = card.closest(".can-edit .board__columns");
  if (!board) return null;
  const { taskId } = card.dataset;
  const key = cardKey(card);
  const { maxFile } = board.dataset;
  return { taskId, key, address: `/tasks/${taskId}/attachments`, maxBytes: Number(maxFile), element: card, words: `Attach to ${key}` };
}

/** What a file goes to that is dropped on an element, or pasted there: {taskId, key, address, maxBytes, element, words}, with the `field`
    of a text that will name it; null where nothing takes it. */
export function findTarget(element) {
  const card = element.closest(".card");
  if (card) return cardTarget(card);
  const task = taskOf(element);
  const field = task && fieldOf(element);
  if (field) return { ...task, field, element: field.form, words: "Put it into the text" };
  const comment = element.closest(".comment");
  if (!task || !comment) return task;
  const own = comment.querySelector(`.comment__actions [href$="/attachments"]`); // of one's own comment
  return own ? { ...task, address: own.getAttribute("href"), element: comment, words: "Attach to this comment" } : task;
}
