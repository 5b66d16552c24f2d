// A text that may mention people: what helps with that is loaded when somebody first comes to its field.

import { behaviour } from "../lib/behaviours.js";
import { lazy } from "../lib/lazy.js";

const loadMentions = lazy(() => import("../mentions/index.js"));

behaviour("mention-field", (form) => {
  const field = form.querySelector("[data-people]");
  if (!field) return;
  const wait = () => field.addEventListener("focus", begin, { once: true });
  const begin = async () => {
    try {
      (await loadMentions()).helpMentioning(field, field.dataset.people);
    } catch {
      wait(); // no connection; the next time somebody comes here
    }
  };
  if (document.activeElement === field) begin();
  else wait();
});
