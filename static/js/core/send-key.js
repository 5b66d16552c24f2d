// Ctrl+Enter sends the form in which one is writing.

import { isComposing } from "../lib/keyboard.js";

document.addEventListener("keydown", (event) => {
  const { form } = event.target;
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented || !form || isComposing(event)) return;
  event.preventDefault();
  form.requestSubmit();
});
