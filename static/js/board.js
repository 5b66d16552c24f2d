// The entry of a board's page.

import "./app.js";
import "./board/shared.js";
import "./board/duplicate-cards.js";
import "./board/drag.js";
import "./board/move-form.js";
import "./board/keys-loader.js";
import "./board/view-links.js";
import "./board/fold-columns.js";
import "./board/column-drag-loader.js";
import "./live/stream.js";
import "./live/unseen-changes-loader.js";
