"""Jobs: made, gone on with, read, cancelled, listed, delivered, deleted."""

from firebase_functions.options import MemoryOption

from edge import operation

# A request may carry 14 MB of base64, and is held several times over while it is read.
create_job = operation("createJob", memory=MemoryOption.MB_512, concurrency=4)
process_cv = operation("processCV", memory=MemoryOption.MB_512, concurrency=4)
process_job = operation("processJob")
update_job_status = operation("updateJobStatus")
get_job = operation("getJob")
cancel_job = operation("cancelJob")
get_job_history = operation("getJobHistory")
get_job_result = operation("getJobResult")
delete_job = operation("deleteJob")
rerun_job = operation("rerunJob")
