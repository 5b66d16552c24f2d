// What a board shows: its filter and lanes, and the popovers in which they are chosen.

import "../board/shared.js";
import "./filter-form.js";

export { showView } from "./board-view.js";
export { openViewPopover } from "./view-popover.js";
