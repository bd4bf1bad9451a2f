# Alerts on what the functions log and on what must never fall silent. Their texts are those
# of the code; a test compares them.

locals {
  logged = {
    overdue = {
      filter = "textPayload:\"the sweep does not keep up\""
      name   = "Jobs are overdue: the sweep does not keep up"
      within = "600s"
    }
    failed = {
      filter = "textPayload:\"event job.failed of run\""
      name   = "A job failed: it is a dead letter until somebody replays it"
      within = "3600s"
    }
    dropped = {
      filter = "textPayload:\"dropped what can never be taken\""
      name   = "A task or message was dropped: it could never be taken"
      within = "3600s"
    }
    crashed = {
      filter = "textPayload:\" crashed: \""
      name   = "A function crashed"
      within = "3600s"
    }
  }
}

resource "google_monitoring_notification_channel" "mail" {
  display_name = "CVPlus Workflow"
  type         = "email"
  labels = {
    email_address = var.alert_address
  }

  depends_on = [google_project_service.used]
}

resource "google_logging_metric" "logged" {
  for_each = local.logged

  name        = "cvplus-workflow-${each.key}"
  description = each.value.name
  filter      = "resource.type=\"cloud_run_revision\" AND ${each.value.filter}"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
  }
}

resource "google_monitoring_alert_policy" "logged" {
  for_each = local.logged

  display_name          = each.value.name
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.mail.id]

  conditions {
    display_name = each.value.name

    condition_threshold {
      filter          = "resource.type=\"cloud_run_revision\" AND metric.type=\"logging.googleapis.com/user/${google_logging_metric.logged[each.key].name}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"

      aggregations {
        alignment_period   = each.value.within
        per_series_aligner = "ALIGN_SUM"
      }
    }
  }
}

resource "google_monitoring_alert_policy" "silent" {
  for_each = toset(var.functions_deployed ? local.system.scheduledFunctions : [])

  display_name          = "${each.value} has not been called"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.mail.id]

  conditions {
    display_name = "no call for 20 minutes"

    condition_absent {
      filter   = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${lower(each.value)}\" AND metric.type=\"run.googleapis.com/request_count\""
      duration = "1200s"

      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_COUNT"
      }
    }
  }
}

resource "google_monitoring_alert_policy" "dead_letters" {
  display_name          = "Messages were refused too often: they are in ${google_pubsub_subscription.dead_letters.name}"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.mail.id]

  conditions {
    display_name = "a message waits"

    condition_threshold {
      filter          = "resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id=\"${google_pubsub_subscription.dead_letters.name}\" AND metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "300s"

      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }
}

resource "google_billing_budget" "month" {
  billing_account = var.billing_account
  display_name    = "CVPlus Workflow, ${var.project}"

  budget_filter {
    projects = ["projects/${data.google_project.this.number}"]
  }

  amount {
    specified_amount {
      units = tostring(var.budget)
    }
  }

  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1.0]
    content {
      threshold_percent = threshold_rules.value
    }
  }

  all_updates_rule {
    monitoring_notification_channels = [google_monitoring_notification_channel.mail.id]
  }

  depends_on = [google_project_service.used]
}
