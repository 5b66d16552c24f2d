// The keys of a board.

import "../board/shared.js";
import "./roving-focus.js";
import "./move-keys.js";
import "./action-keys.js";
import "./select-key.js";
import "./view-only.js";
