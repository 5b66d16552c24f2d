// A field that is shown: a click anywhere on it opens its form.

import { behaviour } from "../lib/behaviours.js";

behaviour("inline-field", (field) => {
  field.addEventListener("click", (event) => {
    if (event.target.closest("a, button") || !getSelection().isCollapsed) return;
    field.querySelector(".inline-field__edit").click();
  });
});
