"""Monitoring: a job's progress and what happened to it."""

from edge import operation

get_job_progress = operation("getJobProgress")
debug_job_processing = operation("debugJobProcessing")
