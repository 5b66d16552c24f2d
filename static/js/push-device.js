// The entry of the page of notification settings, where push messages can be sent.

import "./app.js";
import "./push/device.js";
