// What a board shows: its filter and lanes, and the popovers in which they are chosen.

import "../board/shared.js";
import { postInBackground } from "../lib/http.js";
import { showView } from "./board-view.js";
import "./filter-form.js";
import "./query-box.js";

export { openViewPopover } from "./view-popover.js";
export { showView };

/** Show what a link or a button with data-view stands for. What a button chooses is kept, as its form would do it. */
export function followViewLink(link, address) {
  if (link.matches("button")) postInBackground(link.formAction, { lanes: link.value }).catch(() => {}); // it is shown all the same
  showView(address);
}
