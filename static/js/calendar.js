// The entry of a board's calendar: to the scripts of a board its days are columns and what is due on them cards.

import "./app.js";
import "./board/shared.js";
import "./calendar/days.js";
