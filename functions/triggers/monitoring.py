"""Monitoring: a job's progress and what happened to it."""

from edge import job_stream, operation

get_job_progress = operation("getJobProgress")
get_feature_progress = operation("getFeatureProgress")
debug_job_processing = operation("debugJobProcessing")
debug_feature_orchestration = operation("debugFeatureOrchestration")
stream_job = job_stream("streamJob")
