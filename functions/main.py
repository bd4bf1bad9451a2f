"""Everything that is deployed: one callable for each operation, under its wire name."""

import os

from edge import deployed, refuse_emulators
from triggers import features, jobs, monitoring

refuse_emulators(os.environ)

for area in (features, jobs, monitoring):
    globals().update(deployed(area))
