# Who may do what. Every role is on the one resource that needs it, but for those that Google
# grants on projects only. docs/deploy.md gives the reason for each.

resource "google_service_account" "functions" {
  account_id   = local.system.runtimeAccount
  display_name = "The functions, as what they run"
}

resource "google_service_account" "tasks" {
  account_id   = "cvplus-tasks"
  display_name = "Deliveries of Cloud Tasks, by their OIDC token"
}

resource "google_service_account" "deploy" {
  account_id   = "cvplus-deploy"
  display_name = "firebase deploy"
}

locals {
  # The deployer's queues are there from the second run on.
  queues = setunion(
    keys(google_cloud_tasks_queue.priority),
    var.functions_deployed ? local.system.deployerQueues : [],
  )

  deployed = {
    tasks     = var.functions_deployed ? local.system.taskFunctions : []
    functions = var.functions_deployed ? concat(local.system.eventFunctions, local.system.scheduledFunctions) : []
  }
}

# The functions -----------------------------------------------------------------------------

resource "google_project_iam_member" "functions_firestore" {
  project = var.project
  role    = "roles/datastore.user"
  member  = google_service_account.functions.member

  condition {
    title      = "the default database alone"
    expression = "resource.name == \"projects/${var.project}/databases/(default)\""
  }
}

resource "google_storage_bucket_iam_member" "functions_files" {
  bucket = google_storage_bucket.cvs.name
  role   = "roles/storage.objectUser"
  member = google_service_account.functions.member
}

resource "google_cloud_tasks_queue_iam_member" "functions_enqueue" {
  for_each = local.queues

  name     = each.value
  location = local.system.region
  role     = "roles/cloudtasks.enqueuer"
  member   = google_service_account.functions.member
}

resource "google_service_account_iam_member" "functions_act_as_tasks" {
  service_account_id = google_service_account.tasks.name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.functions.member
}

resource "google_pubsub_topic_iam_member" "functions_publish" {
  topic  = google_pubsub_topic.events[local.system.publishedTopic].id
  role   = "roles/pubsub.publisher"
  member = google_service_account.functions.member
}

resource "google_secret_manager_secret_iam_member" "functions_secrets" {
  for_each = google_secret_manager_secret.used

  secret_id = each.value.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.functions.member
}

# Eventarc and Cloud Scheduler call a function as the account that it runs as.
resource "google_project_iam_member" "functions_events" {
  project = var.project
  role    = "roles/eventarc.eventReceiver"
  member  = google_service_account.functions.member
}

resource "google_cloud_run_v2_service_iam_member" "functions_invoke" {
  for_each = toset(local.deployed.functions)

  name     = lower(each.value)
  location = local.system.region
  role     = "roles/run.invoker"
  member   = google_service_account.functions.member
}

# Deliveries of tasks -----------------------------------------------------------------------

resource "google_cloud_run_v2_service_iam_member" "tasks_invoke" {
  for_each = toset(local.deployed.tasks)

  name     = lower(each.value)
  location = local.system.region
  role     = "roles/run.invoker"
  member   = google_service_account.tasks.member
}

# CVPlus services that answer by message ------------------------------------------------------

resource "google_pubsub_topic_iam_member" "callbacks" {
  for_each = var.callback_senders

  topic  = one([for topic in local.system.topics : google_pubsub_topic.events[topic].id if topic != local.system.publishedTopic])
  role   = "roles/pubsub.publisher"
  member = each.value
}

# Pub/Sub itself moves what was refused too often ---------------------------------------------

locals {
  pubsub_agent = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

resource "google_pubsub_topic_iam_member" "dead_letters" {
  topic  = google_pubsub_topic.dead_letters.id
  role   = "roles/pubsub.publisher"
  member = local.pubsub_agent
}

output "pubsub_agent" {
  description = "Who moves messages to the dead letters, and so has to read the subscriptions."
  value       = local.pubsub_agent
}

# Rules of Storage look at the documents of jobs ----------------------------------------------

resource "google_project_iam_member" "storage_rules" {
  project = var.project
  role    = "roles/firebaserules.firestoreServiceAgent"
  member  = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-firebasestorage.iam.gserviceaccount.com"
}

# Deployment --------------------------------------------------------------------------------

resource "google_project_iam_member" "deploy" {
  for_each = toset([
    "roles/artifactregistry.writer",
    "roles/cloudbuild.builds.viewer",
    "roles/cloudfunctions.admin",
    "roles/cloudscheduler.admin",
    "roles/cloudtasks.queueAdmin",
    "roles/datastore.indexAdmin",
    "roles/eventarc.developer",
    "roles/firebase.viewer",
    "roles/firebasehosting.admin",
    "roles/firebaserules.admin",
    "roles/pubsub.editor",
    "roles/run.admin",
    "roles/secretmanager.viewer",
    "roles/serviceusage.serviceUsageConsumer",
  ])

  project = var.project
  role    = each.value
  member  = google_service_account.deploy.member
}

resource "google_service_account_iam_member" "deploy_acts_as_functions" {
  service_account_id = google_service_account.functions.name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.deploy.member
}
