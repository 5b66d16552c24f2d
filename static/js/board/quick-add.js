// Quick-add: the field works by itself; what reads the line while it is typed is loaded when somebody first begins one.

import { behaviour } from "../lib/behaviours.js";
import { mayTakeFocus } from "../lib/dom.js";
import { today } from "../lib/reader-zone.js";
import { guardAgainstDoubleSubmit, resetAfterSuccess } from "../lib/form-guard.js";
import { visit } from "../lib/http.js";
import { isEscape, isPlainClick } from "../lib/keyboard.js";
import { lazy } from "../lib/lazy.js";

const loadQuickAdd = lazy(() => import("../quick-add/index.js"));

behaviour("quick-add", (form) => {
  guardAgainstDoubleSubmit(form);
  resetAfterSuccess(form);
  form.addEventListener("forge:form-sent", () => {
    form.previousElementSibling?.querySelector(".card:last-of-type")?.scrollIntoView({ block: "nearest" });
    if (mayTakeFocus(form)) form.elements.title.focus();
  });
  form.addEventListener("keydown", (event) => isEscape(event) && document.activeElement.blur());
});

behaviour("quick-add-preview", (form) => {
  const input = form.elements.title;
  const wait = () => input.addEventListener("focus", begin, { once: true });
  const begin = async () => {
    try {
      (await loadQuickAdd()).previewWhileTyping(form);
    } catch {
      wait(); // no connection; the next time somebody comes here
    }
  };
  // Before htmx reads the form.
  form.addEventListener("submit", () => { form.elements.today.value = today(); }, { capture: true });
  if (document.activeElement === input) begin();
  else wait();
});

/** Open the quick-add of a lane's cell; answers its form, or null where that can't be: then the page of the link is opened. */
export async function openLaneQuickAdd(link) {
  try {
    const { openLaneForm } = await loadQuickAdd();
    if (link.isConnected) return openLaneForm(link);
  } catch {
    visit(link.href);
  }
  return null;
}
document.addEventListener("click", (event) => {
  const link = event.target.closest(".lane-add");
  if (!link || !isPlainClick(event)) return;
  event.preventDefault();
  openLaneQuickAdd(link);
});

// An address that names the field of a column: most browsers put the focus there themselves.
const named = location.hash.startsWith("#new-") && document.getElementById(location.hash.slice(1));
if (named && matchMedia("(pointer: fine)").matches) named.focus();
