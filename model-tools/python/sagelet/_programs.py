"""The two programs of the wheel: where they lie, and how they are run."""

import os
import shutil
import subprocess
import sysconfig


class Error(Exception):
    """What a program refused, in its own words."""


def path_of(program):
    """The program that was installed with this package, or else the one on the path."""
    for scheme in (None, f"{os.name}_user"):
        scripts = sysconfig.get_path("scripts") if scheme is None else sysconfig.get_path("scripts", scheme)
        if os.access(os.path.join(scripts, program), os.X_OK):
            return os.path.join(scripts, program)
    found = shutil.which(program)
    if found is None:
        raise Error(f"{program} is neither beside Python nor on the path: it comes with the wheel `sagelet`")
    return found


def model_tools(*arguments, within):
    """Runs `model-tools` and returns what it printed: (standard output, remarks). Raises Error with its reason.

    within  a temporary directory, which says nothing to anybody: it is left out of paths
    """
    command = [path_of("model-tools"), *map(os.fspath, arguments)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    remarks = done.stderr.decode("utf-8", "replace").replace(within + os.sep, "")
    if done.returncode != 0:
        raise Error(remarks.strip().removeprefix("error: ") or f"{command[0]} ended with exit code {done.returncode}")
    return done.stdout.decode("utf-8"), remarks
