"""Everything that is deployed, each function under its own name.

An instance runs one function, which the platform names in FUNCTION_TARGET, and loads no
area after that function's; discovery has no target and loads all of them.
"""

import logging
import os
from importlib import import_module

from edge import deployed
from production import in_production, refuse_emulators

refuse_emulators(os.environ)

if in_production(os.environ):
    # The platform's runtime prints warnings and errors alone; events of jobs are neither.
    logging.basicConfig(format="%(levelname)s %(message)s")
    logging.getLogger("cvplus_workflow").setLevel(logging.INFO)

AREAS = ("steps", "automation", "integrations", "monitoring", "features", "jobs")
"""The modules of `triggers/`; those without callables first, so that callables alone load more."""

for area in AREAS:
    globals().update(deployed(import_module(f"triggers.{area}")))
    if os.environ.get("FUNCTION_TARGET") in globals():
        break
