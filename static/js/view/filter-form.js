// The filter's form in its popover: each choice shows at once, and the numbers beside the others follow.

import { behaviour } from "../lib/behaviours.js";
import { view } from "../board/view-state.js";
import { isEscape } from "../lib/keyboard.js";
import { showView } from "./board-view.js";
import { showSavedFilters } from "./saved-filters.js";
import { closeViewPopover, refillFilter } from "./view-popover.js";

const PAUSE = 250; // milliseconds without a key until words are looked for
let chosen = 0; // choices in the form,
let shown = 0; // and those of them that the board was asked to show
const chosenElsewhere = () => view.requested - shown; // by a chip, or Back

function addressOf(form, base) {
  const url = new URL(base, location.href);
  url.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  return url.href;
}

behaviour("filter-form", (form) => {
  if (!document.querySelector(".board__columns")) return; // the filter's own page is a plain form
  showSavedFilters(form);
  let timer = 0;
  const apply = async () => {
    timer = 0;
    const choice = ++chosen;
    const elsewhere = chosenElsewhere();
    const menu = new URL(document.getElementById("board-filter").href);
    const address = addressOf(form, form.action);
    await refillFilter(addressOf(form, menu.pathname));
    if (choice !== chosen || elsewhere !== chosenElsewhere()) return; // something else was chosen meanwhile
    const filled = document.getElementById("filter-form");
    if (filled?.querySelector("[aria-invalid=true]")) return; // the form says at which word; what is shown stays
    shown += 1;
    await showView(address);
    if (filled) showSavedFilters(filled);
  };
  form.addEventListener("input", (event) => {
    clearTimeout(timer);
    timer = setTimeout(apply, event.target.type === "search" ? PAUSE : 0);
  });
  // Some browsers would empty the field.
  form.addEventListener("keydown", (event) => {
    if (!isEscape(event) || event.target.type !== "search") return;
    event.preventDefault();
    closeViewPopover();
  });
  form.closest(".view-popover").addEventListener("beforetoggle", () => {
    if (!timer || !form.isConnected) return;
    clearTimeout(timer);
    apply(); // now, and not over whatever is opened next
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    closeViewPopover();
  });
  form.addEventListener("click", (event) => {
    if (event.target.closest("a[data-view]")) closeViewPopover();
  });
});
