"""Property tests hold on a busy machine too: no deadline for a single example."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("without a clock", deadline=None)
settings.load_profile("without a clock")
