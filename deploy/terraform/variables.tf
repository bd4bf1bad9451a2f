variable "project" {
  description = "Id of the Google Cloud project; it has Firebase and its default bucket already."
  type        = string
}

variable "billing_account" {
  description = "Id of the billing account that the budget watches."
  type        = string
}

variable "budget" {
  description = "What a month may cost, in whole units of the billing account's currency."
  type        = number
}

variable "alert_address" {
  description = "Mail address that alerts and the budget go to."
  type        = string
}

variable "location" {
  description = "Where Firestore and the bucket are; it cannot be changed later."
  type        = string
  default     = "us-central1"
}

variable "recovery_days" {
  description = "Days that deleted files can be brought back, 7 to 90, or 0: then Firestore has no recovery either."
  type        = number
  default     = 7
}

variable "callback_senders" {
  description = "IAM members that may answer by message: the CVPlus services' accounts."
  type        = set(string)
  default     = []
}

variable "functions_deployed" {
  description = "Whether the functions exist. They are needed for who may call them, so the second run sets it."
  type        = bool
  default     = false
}
