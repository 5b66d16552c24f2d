// The entry of a board's table: to the scripts of a board its groups are columns and its rows cards.

import "./app.js";
import "./board/shared.js";
import "./table/cells.js";
