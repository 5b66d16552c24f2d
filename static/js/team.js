// The entry of a team's page, for those who manage its members.

import "./app.js";
import "./teams/copy-link.js";
