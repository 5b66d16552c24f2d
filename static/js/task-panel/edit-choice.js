// A choice that is being made: a list of buttons, walked by the arrows and by first letters.

import { hasModifier } from "../lib/keyboard.js";
import { hasFocusLeft, isLeftAlone, onceReleased, restoreField } from "./inline-form.js";

/** Make a choice; answers what cancels that. */
export function editChoice(form) {
  const options = [...form.querySelectorAll(".option")];
  (options.find((option) => option.ariaCurrent) ?? options[0])?.focus();
  const step = (by) => options[(options.indexOf(document.activeElement) + by + options.length) % options.length].focus();
  const focusByLetter = (letter) => options.find((option) => option.textContent.trim().toLowerCase().startsWith(letter))?.focus();

  form.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key.length === 1 && /\S/.test(event.key) && !hasModifier(event)) focusByLetter(event.key.toLowerCase());
    else return;
    event.preventDefault();
  });
  form.addEventListener("focusout", (event) => {
    if (!hasFocusLeft(form, event) || !document.hasFocus()) return;
    onceReleased(() => isLeftAlone(form) || form.querySelector(".field__error, .inline-field__conflict") || restoreField(form));
  });
  return () => restoreField(form);
}
