// The modules of a board that its lazily loaded parts use as well. Each of those parts imports this file, so that the bundler keeps
// all of them in one chunk and a board's first load stays within its number of requests (docs/decisions/0012-browser-modules.md).

import "./bulk-loader.js";
import "./card-actions-loader.js";
import "./column-counts.js";
import "./moves.js";
import "./quick-add.js";
import "./task-opener.js";
import "./view-state.js";
import "../live/report-seen.js";
