// The inbox: worked through by keys, putting off beside the button, and a list that is up to date.

import "./keys.js";
import "./snooze.js";
import "./refresh.js";
