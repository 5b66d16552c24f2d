"""``python taskforge/dev [exec COMMAND ...]``: the launcher, without the application around it.

The launcher stays as long as TaskForge runs. Importing it in the usual way would import the package
`taskforge` first, and with it Flask and every library: 84 MB instead of 15, and a second later.
"""

import sys
from pathlib import Path
from types import ModuleType

package = Path(__file__).resolve().parent.parent
sys.path[0] = str(package.parent)
shell = ModuleType("taskforge")
shell.__path__ = [str(package)]
sys.modules["taskforge"] = shell

from taskforge.dev.launcher import main  # noqa: E402  (only now is it cheap)

sys.exit(main(sys.argv[1:]))
