// Selecting several cards, and doing something with all of them.

import "../board/shared.js";
import "../lib/moment-field.js";
import "./keys.js";

export { clearSelection, extendTo, isTapping, selectColumn, startTapping, toggle } from "./selection.js";
