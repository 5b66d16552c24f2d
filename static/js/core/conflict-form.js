// The conflict page: a button takes the other person's value over into one's own field.

import { behaviour } from "../lib/behaviours.js";

behaviour("conflict-form", (form) => {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take]");
    if (!button) return;
    const yours = document.getElementById(button.dataset.take);
    yours.value = button.parentElement.querySelector("[data-theirs]").dataset.theirs;
    yours.focus();
  });
});
