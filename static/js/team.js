// The entry of the pages that show an address or a secret to be copied: a team's, for those who manage its members, that of a new API token,
// and that of a feed.

import "./app.js";
import "./teams/copy-link.js";
