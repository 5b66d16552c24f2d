// All of a board's own modules that its first load needs. Each lazily loaded part imports this file, as it uses some of them, so that the
// bundler keeps them in one chunk and the first load stays within its number of requests (docs/decisions/0012-browser-modules.md).

import "./bulk-loader.js";
import "./card-actions-loader.js";
import "./column-counts.js";
import "./column-drag-loader.js";
import "./drag.js";
import "./duplicate-cards.js";
import "./fold-columns.js";
import "./keys-loader.js";
import "./move-form.js";
import "./moves.js";
import "./quick-add.js";
import "./task-opener.js";
import "./view-links.js";
import "./view-state.js";
import "../live/report-seen.js";
import "../live/stream.js";
import "../live/unseen-changes-loader.js";
