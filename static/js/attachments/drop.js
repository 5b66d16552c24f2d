// Files dragged over the page: the card, the comment or the text that would take them says so.

import { createPopover } from "../lib/popover.js";
import { toast } from "../lib/toast.js";
import { attach } from "./attach.js";
import { findTarget } from "./targets.js";

const NOWHERE = "Drop files on a card";
const FOLDER = "A folder can’t be attached: make an archive of it.";
const LINGER = 250; // milliseconds after which a drag of which nothing is heard has left the window
let shown = null; // the target that is marked
let hint = null;
let timer = 0;
let isOwn = false; // something of this page is dragged, an image, say

const hasFiles = (event) => !isOwn && event.dataTransfer?.types.includes("Files");

function mark(target) {
  if (shown?.element !== target?.element) shown?.element.classList.remove("is-file-target");
  target?.element.classList.add("is-file-target");
  shown = target;
  hint ??= createPopover("drop-hint", "manual");
  hint.ariaHidden = "true"; // of a drag by mouse only; keys have the button of the card
  const words = target?.words ?? NOWHERE;
  if (hint.textContent !== words) hint.textContent = words;
  if (!hint.matches(":popover-open")) hint.showPopover();
}

function unmark() {
  clearTimeout(timer);
  shown?.element.classList.remove("is-file-target");
  shown = null;
  hint?.hidePopover();
}

/** The files of a drop, without folders. */
function droppedFiles({ items, files }) {
  const isFolder = [...items].map((item) => item.kind === "file" && item.webkitGetAsEntry?.()?.isDirectory);
  if (isFolder.some(Boolean)) toast(FOLDER, "danger");
  return [...files].filter((_, place) => !isFolder[place]);
}

document.addEventListener("dragstart", () => { isOwn = true; });
document.addEventListener("dragend", () => { isOwn = false; });
document.addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  const target = findTarget(event.target);
  event.dataTransfer.dropEffect = target ? "copy" : "none";
  mark(target);
  clearTimeout(timer);
  timer = setTimeout(unmark, LINGER);
});
document.addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  unmark();
  const target = findTarget(event.target);
  const files = droppedFiles(event.dataTransfer);
  if (target && files.length) attach(files.map((file) => ({ file, name: file.name })), target);
});
