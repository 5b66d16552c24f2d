// What the person may do has changed: the page shows it. The code comes when that happens first.

import { isTyping } from "../lib/keyboard.js";
import { toast } from "../lib/toast.js";

const changed = (field) => field.type !== "hidden" && field.value !== field.defaultValue;

/** Load the page anew, or offer it to who is in the middle of something. */
export function showNewRights() {
  const isBusy = isTyping(document.activeElement) || document.querySelector("dialog[open], form[aria-busy], .is-dragging")
    || [...document.querySelectorAll("input, textarea")].some(changed);
  if (!isBusy) location.reload();
  else toast("Your rights in a team have changed", "info", { label: "Show", act: () => location.reload() });
}
