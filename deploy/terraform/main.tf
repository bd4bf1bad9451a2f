# What the functions need and `firebase deploy` does not make. All names come from the code:
# system.json is written by `make generate`, and a test keeps it equal.

locals {
  system = jsondecode(file("${path.module}/system.json"))

  # The deployer makes the queue of a function, under the function's own name.
  own_queues = {
    for name, queue in local.system.queues : name => queue
    if !contains(local.system.deployerQueues, name)
  }
}

data "google_project" "this" {}

resource "google_project_service" "used" {
  for_each = toset([
    "artifactregistry.googleapis.com",
    "billingbudgets.googleapis.com",
    "cloudbuild.googleapis.com",
    "cloudfunctions.googleapis.com",
    "cloudscheduler.googleapis.com",
    "cloudtasks.googleapis.com",
    "eventarc.googleapis.com",
    "firebaseappcheck.googleapis.com",
    "firebaserules.googleapis.com",
    "firebasestorage.googleapis.com",
    "firestore.googleapis.com",
    "iam.googleapis.com",
    "identitytoolkit.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "pubsub.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
    "storage.googleapis.com",
  ])

  service            = each.value
  disable_on_destroy = false
}

resource "google_firestore_database" "default" {
  name                              = "(default)"
  location_id                       = var.location
  type                              = "FIRESTORE_NATIVE"
  point_in_time_recovery_enablement = var.recovery_days > 0 ? "POINT_IN_TIME_RECOVERY_ENABLED" : "POINT_IN_TIME_RECOVERY_DISABLED"
  delete_protection_state           = "DELETE_PROTECTION_ENABLED"
  deletion_policy                   = "ABANDON"

  depends_on = [google_project_service.used]
}

# Firebase's rules and clients are for the default bucket, which Firebase makes; it is
# taken over here.
import {
  to = google_storage_bucket.cvs
  id = "${var.project}.firebasestorage.app"
}

resource "google_storage_bucket" "cvs" {
  name                        = "${var.project}.firebasestorage.app"
  location                    = var.location
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  # Pages fetch finished CVs from here.
  cors {
    origin          = local.system.origins
    method          = ["GET", "HEAD"]
    response_header = ["Content-Type"]
    max_age_seconds = 3600
  }

  # The only thing that ends by itself: what a user gave stays until they delete the job.
  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 7
    }
  }

  soft_delete_policy {
    retention_duration_seconds = var.recovery_days * 86400
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_cloud_tasks_queue" "priority" {
  for_each = local.own_queues

  name     = each.key
  location = local.system.region

  rate_limits {
    max_concurrent_dispatches = each.value.maxConcurrentDispatches
  }

  retry_config {
    max_attempts  = each.value.maxAttempts
    min_backoff   = each.value.minBackoff
    max_backoff   = each.value.maxBackoff
    max_doublings = each.value.maxDoublings
  }

  depends_on = [google_project_service.used]
}

resource "google_pubsub_topic" "events" {
  for_each = toset(local.system.topics)

  name                       = each.value
  message_retention_duration = "604800s"

  depends_on = [google_project_service.used]
}

# Messages that were refused too often come here. The subscriptions themselves are made with
# the functions, so docs/deploy.md says how to point them here.
resource "google_pubsub_topic" "dead_letters" {
  name = "cvplus-dead-letters"

  depends_on = [google_project_service.used]
}

resource "google_pubsub_subscription" "dead_letters" {
  name                       = google_pubsub_topic.dead_letters.name
  topic                      = google_pubsub_topic.dead_letters.id
  message_retention_duration = "1209600s"

  expiration_policy {
    ttl = ""
  }
}

# Empty: the value is set by hand and never comes into Terraform's state.
resource "google_secret_manager_secret" "used" {
  for_each = toset(local.system.secrets)

  secret_id = each.value

  replication {
    auto {}
  }

  depends_on = [google_project_service.used]
}

output "environment" {
  description = "The lines of functions/.env.<project>."
  value       = "CVPLUS_TASKS_ACCOUNT=${google_service_account.tasks.email}\nCVPLUS_REGION=${local.system.region}"
}
