// A paste into a field: what nobody sees is left out, and in a field of one line tabs and line breaks are spaces.

import { cleanPasted, oneLine } from "./pasted.js";

const FIELDS = "input:is([type=text], [type=search], :not([type])), textarea";

document.addEventListener("paste", (event) => {
  const field = event.target;
  const pasted = event.clipboardData?.getData("text/plain") ?? "";
  if (event.defaultPrevented || !field.matches?.(FIELDS)) return;
  const cleaned = cleanPasted(pasted);
  const text = field.localName === "textarea" ? cleaned : oneLine(cleaned.trim());
  if (text === (field.localName === "textarea" ? pasted.replace(/\r\n?/g, "\n") : pasted)) return;
  event.preventDefault();
  // The command keeps the browser's own undo; where it does nothing, the text is put in by hand.
  if (document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
