// A file that was dropped into a text, or pasted: the text names it where the cursor was, once the file has arrived.

import { toast } from "../lib/toast.js";
import { markdownOf } from "./names.js";

const pending = new Map(); // by form: promises of the files that its text waits for

/** Follow a place in a text while somebody goes on writing. */
function followPlace(field) {
  let at = field.selectionStart;
  let before = field.value;
  const follow = () => {
    const { value } = field;
    let same = 0;
    while (same < at && before[same] === value[same]) same += 1;
    if (same < at) at = Math.max(same, at + value.length - before.length);
    before = value;
  };
  field.addEventListener("input", follow);
  return () => {
    field.removeEventListener("input", follow);
    return at;
  };
}

function insert(field, at, file) {
  const [before, after] = [field.value.slice(0, at), field.value.slice(at)];
  const [gap, end] = file.is_image ? [/(^|\n)$/, "\n"] : [/(^|\s)$/, " "];
  const text = `${gap.test(before) ? "" : end}${markdownOf(file)}${after.startsWith(end) ? "" : end}`;
  const isHere = document.activeElement === field && field.selectionStart === at && field.selectionEnd === at;
  // The command keeps the browser's own undo; where it does nothing, the text is put in by hand.
  if (isHere && document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, at, at, isHere ? "end" : "preserve");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Let a text name files that are on their way: promises as of `uploadFiles`. */
export function nameInText(field, uploads) {
  const { form } = field;
  for (const upload of uploads) {
    const endFollowing = followPlace(field);
    const named = upload.then((file) => {
      const at = endFollowing();
      if (file && field.isConnected) insert(field, at, file);
      return file;
    });
    const others = pending.get(form) ?? new Set();
    pending.set(form, others.add(named));
    named.then(() => others.delete(named));
  }
}

// While capturing at the top, so that it comes before all that would send the form: it is sent with what its text waits for.
document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  const uploads = [...(pending.get(form) ?? [])];
  if (!uploads.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.waitsForFiles) return;
  form.dataset.waitsForFiles = "true";
  toast("It is sent as soon as its files have arrived.");
  const files = await Promise.all(uploads);
  delete form.dataset.waitsForFiles;
  if (form.isConnected && files.every(Boolean)) form.requestSubmit(submitter);
}, { capture: true });
