// A form that is sent by each choice in it.

import { behaviour } from "../lib/behaviours.js";

behaviour("autosubmit", (form) => {
  form.addEventListener("change", () => form.requestSubmit());
});
