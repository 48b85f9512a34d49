"""Run a program without root's right to ignore what files permit: `python -m tests.support.unprivileged main.py`."""

import ctypes
import os
import sys

PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1

if os.geteuid() == 0 and ctypes.CDLL(None, use_errno=True).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE):
    sys.exit(f'This right cannot be dropped: {os.strerror(ctypes.get_errno())}.')
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
