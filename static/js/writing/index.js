// What is loaded when somebody begins to do something on a page, or has written before: drafts that are offered again and settled, what
// waits for a connection, and what notices files.

import "./settle.js";
import "./offer.js";
import "./waiting.js";
import "./leave-device.js";
import "./files.js";
