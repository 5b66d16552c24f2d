// The entry of a team's page, for those who manage its members, and of the page that shows a new API token.

import "./app.js";
import "./teams/copy-link.js";
