// What is loaded when somebody begins to do something on a page, or has written before: drafts that are offered again and settled, and what waits for a connection.

import "./settle.js";
import "./offer.js";
import "./waiting.js";
import "./leave-device.js";
