// The theme choice in the profile shows itself at once; it is kept by saving the form.

import { behaviour } from "../lib/behaviours.js";

behaviour("theme", (group) => {
  group.addEventListener("change", (event) => {
    document.documentElement.dataset.theme = event.target.value;
  });
});
