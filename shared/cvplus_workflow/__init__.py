"""CVPlus Workflow: durable jobs that turn a CV into an enhanced, shareable one."""

__version__ = "0.1.0"
