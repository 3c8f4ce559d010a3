"""What does every worker do first that the master could have done once, before it forked them?"""

from .prepare import prepare_workers  # noqa: F401  the manifest's post_load
