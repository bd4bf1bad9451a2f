"""Monitoring: a job's progress and what happened to it."""

from edge import operation

get_job_progress = operation("getJobProgress")
get_feature_progress = operation("getFeatureProgress")
debug_job_processing = operation("debugJobProcessing")
debug_feature_orchestration = operation("debugFeatureOrchestration")
