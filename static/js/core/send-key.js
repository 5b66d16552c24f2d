// Ctrl+Enter sends the form in which one is writing.

import { isComposing } from "../lib/keyboard.js";

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.altKey || event.repeat || isComposing(event)) return;
  const { form } = event.target;
  if (event.defaultPrevented || !form || !event.target.matches("input, textarea, select")) return;
  event.preventDefault();
  form.requestSubmit([...form.elements].find(({ type, formNoValidate }) => type === "submit" && !formNoValidate));
});
