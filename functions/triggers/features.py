"""Features: chosen for a job, checked for dependencies."""

from edge import operation

orchestrate_features = operation("orchestrateFeatures")
handle_feature_dependencies = operation("handleFeatureDependencies")
optimize_feature_sequence = operation("optimizeFeatureSequence")
