"""The command line: `python -m data`. Exit codes: 0 done, 1 something is wrong, 2 wrong use, 3 not available now."""

import gc
import os

from data.commands import app
from data.operations import terminal

if __name__ == '__main__':
    os.umask(0o077)  # what is kept is for its owner only
    terminal.speak_plainly()
    gc.freeze()  # a full collection of what was loaded would take 70 ms, perhaps while the lock of SQLite is held
    app(prog_name='python -m data')
