// The entry of a board's history.

import "./app.js";
import "./board-history/timeline.js";
