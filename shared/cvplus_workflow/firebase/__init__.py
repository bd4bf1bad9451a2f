"""The adapters for Firebase: Firestore, Cloud Tasks, Pub/Sub and Cloud Storage."""
