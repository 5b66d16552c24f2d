// An open task: on its own page, and in the dialog over its board.

import "../lib/clean-paste.js";
import "../lib/moment-field.js";
import "./action-form.js";
import "./file-preview.js";
import "./files.js";
import "./inline-field.js";
import "./inline-editor.js";
import "./late-answers.js";
import "./mention-field.js";
import "./task-panel.js";

export { cancelEditors, leaveEditors } from "./leave-editors.js";
export { afterClosingTask, hideTask, openTask } from "./task-dialog.js";
