// The entry of a task's page.

import "./app.js";
import "./task-panel/index.js";
