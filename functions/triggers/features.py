"""Features: chosen for a job, checked for dependencies, skipped, answered by services, flagged."""

from edge import SIGNING_KEY, operation

orchestrate_features = operation("orchestrateFeatures")
handle_feature_dependencies = operation("handleFeatureDependencies")
optimize_feature_sequence = operation("optimizeFeatureSequence")
update_feature_status = operation("updateFeatureStatus", secrets=[SIGNING_KEY])
set_flag = operation("setFlag")
list_flags = operation("listFlags")
