// The entry of the search page, whose field completes terms like a filter.

import "./app.js";
import "./view/query-box.js";
