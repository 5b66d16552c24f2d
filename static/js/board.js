// The entry of a board's page. It does nothing itself: the page loads what it imports (docs/decisions/0012-browser-modules.md).

import "./app.js";
import "./board/shared.js";
