// The entry of a board's timeline: to the scripts of a board it is one column, and its rows are cards.

import "./app.js";
import "./board/shared.js";
import "./timeline/drag.js";
import "./timeline/keys.js";
