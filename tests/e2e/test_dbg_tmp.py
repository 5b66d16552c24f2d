import os, time, traceback, contextlib
from tests.e2e.conftest import *
from tests.e2e.journeys import column
from tests.e2e.boards import *
def test_dbg(page, board, app, log_in, live_server):
    seen = 0
    end = time.time() + 1500
    page.on("console", lambda m: print("CONSOLE", m.type, m.text))
    page.on("pageerror", lambda m: print("PAGEERR", m))
    env = dict(globals(), page=page, board=board, app=app, log_in=log_in)
    while time.time() < end:
        if os.path.exists("/tmp/dbgstop"): os.remove("/tmp/dbgstop"); break
        m = os.path.getmtime("/tmp/cmd.py") if os.path.exists("/tmp/cmd.py") else 0
        if m > seen:
            seen = m
            with open("/tmp/out.txt", "w") as o, contextlib.redirect_stdout(o):
                try: exec(open("/tmp/cmd.py").read(), env)
                except Exception: traceback.print_exc(file=o)
                print("DONE")
        page.wait_for_timeout(150)
