// The entry of the inbox.

import "./app.js";
import "./inbox/index.js";
