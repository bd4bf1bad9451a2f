"""Charts of what benchmarks measured, as SVG that is readable on light and dark pages."""
