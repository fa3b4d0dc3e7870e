"""The makers of an installation, with what its database remembers for them."""

from musings.config.settings import Settings
from musings.makers.choice import Makers
from musings.store.database import Database
from musings.store.gallery import workflows, workflows_seen
from musings.store.gallery.defaults import WorkflowDefaults


def makers_of(settings: Settings, database: Database) -> Makers:
    """The makers of these settings; kept versions of workflow files, the defaults and what sidecars mean come from the
    database.

    Nothing is opened before it is needed. The caller closes it.
    """
    return Makers(
        settings,
        versions=database.reader(workflows.find),
        defaults=WorkflowDefaults(database),
        meant=database.reader(workflows_seen.meant_by_sidecar),
    )
