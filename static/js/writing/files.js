// Files that are dragged over a page or pasted: the code that takes them is loaded by the first.

import { lazy, orToast } from "../lib/lazy.js";

const styles = () => document.querySelector("[data-task-panel-style]")?.dataset.taskPanelStyle;
const loadAttachments = lazy(() => import("../attachments/index.js"), styles);
const hasFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files");

for (const name of ["dragover", "drop"]) {
  document.addEventListener(name, (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault(); // or a file that misses its place would take the page's
    loadAttachments().catch(() => {}); // the next event tries again, many times a second
  });
}

document.addEventListener("paste", async ({ clipboardData, target }) => {
  const files = [...clipboardData?.files ?? []];
  // A text that comes with a picture of itself, as from a table, stays a text.
  if (!files.length || clipboardData.types.includes("text/plain")) return;
  (await orToast(loadAttachments()))?.takePasted(files, target);
});
