// The entry of the pages of reports.

import "./app.js";
import "./reports/chart.js";
import "./reports/chart-files.js";
