// The entry of My work, whose rows are those of a table.

import "./app.js";
import "./board/shared.js";
import "./table/cells.js";
import "./my-work/refresh.js";
