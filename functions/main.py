"""Everything that is deployed, each function under its own name."""

import os

from edge import deployed, refuse_emulators
from triggers import automation, features, integrations, jobs, monitoring, steps

refuse_emulators(os.environ)

for area in (automation, features, integrations, jobs, monitoring, steps):
    globals().update(deployed(area))
